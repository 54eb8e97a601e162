//! A part of the window as a PNG file.

use eframe::egui::{self, Color32, ColorImage, Rect};
use std::sync::{Arc, Mutex, PoisonError};

/// How long a picture may take, in seconds.
const PATIENCE: f64 = 10.0;

/// A file that can be saved: its name and its bytes.
pub type File = (String, Vec<u8>);

/// Takes pictures of the window, one at a time.
#[derive(Default)]
pub struct Camera {
    asked: Option<Asked>,
    /// The screenshot, once the graphics device has handed it over.
    taken: Arc<Mutex<Option<Arc<ColorImage>>>>,
}

/// What a screenshot on its way is for.
struct Asked {
    name: String,
    /// The part to cut out, in points.
    part: Rect,
    /// Pixels to a point.
    scale: f32,
    /// Seconds.
    since: f64,
}

impl Camera {
    /// Asks for a picture of a part of the window; it replaces one that is still on its way.
    pub fn ask(&mut self, ctx: &egui::Context, name: String, part: Rect) {
        self.taken = Arc::default();
        self.asked =
            Some(Asked { name, part, scale: ctx.pixels_per_point(), since: ctx.input(|input| input.time) });
        let (taken, ctx_then) = (Arc::clone(&self.taken), ctx.clone());
        ctx.send_viewport_cmd(egui::ViewportCommand::Screenshot(egui::ScreenshotCallback::new(
            move |image| {
                *taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(image);
                ctx_then.request_repaint();
            },
        )));
    }

    /// The picture asked for, if it has come or never will.
    pub fn collect(&mut self, ctx: &egui::Context) -> Option<Result<File, String>> {
        let asked = self.asked.take()?;
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(image) = taken {
            return Some(encode(&image, asked.part, asked.scale).map(|bytes| (asked.name, bytes)));
        }
        if ctx.input(|input| input.time) - asked.since > PATIENCE {
            return Some(Err("the graphics device handed over no picture".to_owned()));
        }
        // WebGL hands over what was read back only when more is drawn.
        ctx.request_repaint();
        self.asked = Some(asked);
        None
    }
}

/// Cuts `rect` (in points) out of a screenshot with `scale` pixels to a point and encodes it.
///
/// The part outside of the screenshot is left out; an error names what does not hold.
pub fn encode(image: &ColorImage, rect: Rect, scale: f32) -> Result<Vec<u8>, String> {
    let [width, height] = image.size;
    // Saturating casts: a negative or not finite edge becomes 0, a large one is cut off below.
    let edge = |points: f32, most: usize| ((points * scale).round() as usize).min(most);
    let (left, right) = (edge(rect.left(), width), edge(rect.right(), width));
    let (top, bottom) = (edge(rect.top(), height), edge(rect.bottom(), height));
    if left >= right || top >= bottom {
        return Err(format!("the part {rect:?} lies outside of the picture of {width} × {height} pixels"));
    }
    let mut rgba = Vec::with_capacity((right - left) * (bottom - top) * 4);
    for row in image.pixels.chunks_exact(width).take(bottom).skip(top) {
        rgba.extend(row[left..right].iter().flat_map(Color32::to_array));
    }
    write((right - left) as u32, (bottom - top) as u32, &rgba).map_err(|error| error.to_string())
}

fn write(width: u32, height: u32, rgba: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rgba)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use eframe::egui::pos2;

    fn gradient() -> ColorImage {
        let pixels = (0..24).map(|i| Color32::from_rgb(i * 10, 255 - i * 10, i)).collect();
        ColorImage::new([6, 4], pixels)
    }

    #[test]
    fn the_part_asked_for_comes_back() {
        let image = gradient();
        let bytes = encode(&image, Rect::from_min_max(pos2(1.0, 0.5), pos2(2.5, 9.0)), 2.0).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut rgba = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgba).unwrap();
        assert_eq!((info.width, info.height), (3, 3), "columns 2 to 5, rows 1 to 4");
        let expected: Vec<u8> = [8, 9, 10, 14, 15, 16, 20, 21, 22]
            .iter()
            .flat_map(|&i: &usize| image.pixels[i].to_array())
            .collect();
        assert_eq!(rgba, expected);
    }

    /// One frame at a time in seconds; after how long the next one is due.
    fn frame(ctx: &egui::Context, time: f64, what: impl FnMut(&mut egui::Ui)) -> std::time::Duration {
        let mut output = ctx.run_ui(egui::RawInput { time: Some(time), ..Default::default() }, what);
        output.textures_delta.clear();
        output.viewport_output[&egui::ViewportId::ROOT].repaint_delay
    }

    #[test]
    fn a_picture_that_never_comes_is_an_error() {
        let (ctx, mut camera) = (egui::Context::default(), Camera::default());
        let everything = Rect::EVERYTHING;
        frame(&ctx, 0.0, |ui| camera.ask(ui.ctx(), "square.png".to_owned(), everything));
        let delay = frame(&ctx, PATIENCE - 1.0, |ui| assert!(camera.collect(ui.ctx()).is_none()));
        assert!(delay.is_zero(), "frames go on while a picture is on its way");
        let mut late = None;
        frame(&ctx, PATIENCE + 1.0, |ui| late = late.take().or_else(|| camera.collect(ui.ctx())));
        assert!(late.is_some_and(|answer| answer.is_err()));
        frame(&ctx, PATIENCE + 2.0, |ui| assert!(camera.collect(ui.ctx()).is_none(), "said once"));
    }

    #[test]
    fn nothing_to_cut_is_an_error() {
        for rect in [Rect::NOTHING, Rect::NAN, Rect::from_min_max(pos2(50.0, 0.0), pos2(60.0, 3.0))] {
            assert!(encode(&gradient(), rect, 1.0).is_err(), "{rect:?}");
        }
    }
}
