//! A part of the window as a PNG file.

use eframe::egui::{Color32, ColorImage, Rect};

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

    #[test]
    fn nothing_to_cut_is_an_error() {
        for rect in [Rect::NOTHING, Rect::NAN, Rect::from_min_max(pos2(50.0, 0.0), pos2(60.0, 3.0))] {
            assert!(encode(&gradient(), rect, 1.0).is_err(), "{rect:?}");
        }
    }
}
