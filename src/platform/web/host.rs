//! The browser page as a host: address bar, downloads, local storage. What the page forbids is done without.

use std::cell::RefCell;
use std::rc::Rc;

use eframe::egui;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, MediaQueryList, Storage, Url};

use crate::app::Host;
use crate::app::router::Write;

/// Key in the local storage.
const PREFERENCES: &str = "equiscope.preferences";
/// The element of the page that is read out when its text changes.
const HEARD: &str = "heard";
/// Milliseconds after which a download has surely begun.
const DOWNLOADED: i32 = 20_000;

/// The surroundings of one instance.
pub(super) struct Page {
    /// Whether the address bar and the title belong to this instance.
    owns_url: bool,
    /// Left here by the listeners of the instance.
    arrived: Rc<RefCell<Option<String>>>,
    /// What the address bar says or would say.
    last_state: Rc<RefCell<String>>,
    reduced_motion: Option<MediaQueryList>,
    /// Preferences where the storage is denied.
    memory: Option<String>,
}

impl Page {
    /// With the letter box in which changes of the address arrive, and the place where the last state is kept.
    pub(super) fn new(
        owns_url: bool,
        arrived: Rc<RefCell<Option<String>>>,
        last_state: Rc<RefCell<String>>,
    ) -> Self {
        let query =
            |window: web_sys::Window| window.match_media("(prefers-reduced-motion: reduce)").ok().flatten();
        Self {
            owns_url,
            arrived,
            last_state,
            reduced_motion: web_sys::window().and_then(query),
            memory: None,
        }
    }
}

/// The state in the address bar, from `#` on; empty where there is none.
///
/// Taken from the whole address: `location.hash` was decoded by some browsers.
pub(super) fn address() -> String {
    let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    href.find('#').map_or_else(String::new, |at| href[at..].to_owned())
}

/// The local storage, unless the page may not use it (a sandbox throws).
fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn download(name: &str, mime: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    let kind = BlobPropertyBag::new();
    kind.set_type(mime);
    let url =
        Url::create_object_url_with_blob(&Blob::new_with_u8_array_sequence_and_options(&parts, &kind)?)?;
    let window = web_sys::window().ok_or("no window")?;
    let document = window.document().ok_or("no document")?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    let forget = Closure::once_into_js(move || {
        let _ = Url::revoke_object_url(&url);
    });
    window.set_timeout_with_callback_and_timeout_and_arguments_0(forget.unchecked_ref(), DOWNLOADED)?;
    Ok(())
}

impl Host for Page {
    fn arrived(&mut self) -> Option<String> {
        self.arrived.borrow_mut().take()
    }

    fn write(&mut self, write: &Write) {
        let (Write::Push(text) | Write::Replace(text)) = write;
        self.last_state.borrow_mut().clone_from(text);
        if !self.owns_url {
            return;
        }
        let Some(history) = web_sys::window().and_then(|window| window.history().ok()) else { return };
        let written = match write {
            Write::Push(text) => history.push_state_with_url(&JsValue::NULL, "", Some(text)),
            Write::Replace(text) => history.replace_state_with_url(&JsValue::NULL, "", Some(text)),
        };
        if written.is_err() {
            log::info!("the page does not let its address be written");
        }
    }

    fn link(&self, state: &str) -> String {
        let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
        format!("{}{state}", href.split('#').next().unwrap_or_default())
    }

    fn open(&mut self, state: &str) -> bool {
        let link = self.link(state);
        let opened = web_sys::window().map(|window| window.open_with_url_and_target(&link, "_blank"));
        matches!(opened, Some(Ok(Some(_))))
    }

    fn save(&mut self, name: &str, mime: &str, bytes: &[u8]) -> String {
        match download(name, mime, bytes) {
            Ok(()) => format!("Saved {name}"),
            Err(error) => format!("{name} could not be saved: {}", super::page::text_of(&error)),
        }
    }

    fn title(&mut self, _ctx: &egui::Context, title: &str) {
        if self.owns_url
            && let Some(document) = web_sys::window().and_then(|window| window.document())
        {
            document.set_title(title);
        }
    }

    fn announce(&mut self, text: &str) {
        let document = web_sys::window().and_then(|window| window.document());
        let place = document.and_then(|document| document.get_element_by_id(HEARD));
        if let (true, Some(place)) = (self.owns_url, place) {
            place.set_text_content(Some(text));
        }
    }

    fn reduced_motion(&self) -> bool {
        self.reduced_motion.as_ref().is_some_and(MediaQueryList::matches)
    }

    fn load(&self) -> Option<String> {
        let kept = storage().and_then(|storage| storage.get_item(PREFERENCES).ok().flatten());
        kept.or_else(|| self.memory.clone())
    }

    fn store(&mut self, text: &str) {
        if storage().is_none_or(|storage| storage.set_item(PREFERENCES, text).is_err()) {
            self.memory = Some(text.to_owned());
        }
    }
}
