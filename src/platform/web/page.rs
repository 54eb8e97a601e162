//! Small dealings with the page: events, errors, time, JSON.

use std::sync::Once;

use js_sys::{JSON, Promise};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CustomEvent, CustomEventInit, HtmlCanvasElement};

use super::instance;

/// Logs to the console, and turns panics into `equiscope:error` on every canvas: after a panic the module is dead.
pub(super) fn install_hooks() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // A page that has a logger already keeps it.
        let _ = eframe::WebLogger::init(log::LevelFilter::Warn);
        // eframe adds its own hook before this one; that writes to `console.error`.
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            before(info);
            instance::report_panic(&info.to_string());
        }));
    });
}

/// Tells the page something about one canvas.
pub(super) fn dispatch(canvas: &HtmlCanvasElement, event: &str, message: &str, state: &str) {
    let detail = serde_json::json!({ "message": message, "state": state });
    let init = CustomEventInit::new();
    init.set_detail(&to_js(&detail).unwrap_or(JsValue::NULL));
    init.set_bubbles(true);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(event, &init) {
        // An exception in a listener is the page's own affair.
        let _ = canvas.dispatch_event(&event);
    }
}

/// A JSON value as a JavaScript object.
pub(super) fn to_js(value: &Value) -> Result<JsValue, JsValue> {
    JSON::parse(&value.to_string())
}

/// Waits, also while the tab is hidden.
pub(super) async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            // Without a timer the promise would never resolve; a window that is gone runs no code either.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        }
    });
    let _ = JsFuture::from(promise).await;
}

/// What an exception says.
pub(super) fn text_of(error: &JsValue) -> String {
    match error.as_string() {
        Some(text) => text,
        None => format!("{error:?}"),
    }
}
