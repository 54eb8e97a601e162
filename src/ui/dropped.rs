//! A file that the visitor dropped on the window. Browsers read it in their own time.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use eframe::egui;

type Reading = Pin<Box<dyn Future<Output = Result<Vec<u8>, String>>>>;

/// A file being read.
pub struct Dropped {
    /// Its name, without the folder.
    pub name: String,
    reading: Reading,
}

impl Dropped {
    /// The file that was dropped since the last frame; of several, the last.
    pub fn take(ctx: &egui::Context) -> Option<Self> {
        let file = ctx.input_mut(|input| std::mem::take(&mut input.raw.dropped_files)).pop()?;
        let name = file.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        #[cfg(target_arch = "wasm32")]
        let reading = async move { file.bytes_async().await };
        #[cfg(not(target_arch = "wasm32"))]
        let reading = async move { file.bytes() };
        Some(Self { name, reading: Box::pin(reading) })
    }

    /// What is in it, once it has been read; to be asked in every frame until then, and no more after.
    pub fn poll(&mut self) -> Option<Result<Vec<u8>, String>> {
        match self.reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(read) => Some(read),
            Poll::Pending => None,
        }
    }
}
