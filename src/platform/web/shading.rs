//! egui's shader asks in every pixel whether textures are to be filtered by hand, which this app never wants, and whether
//! colours are to be dithered, which its flat ones do not need. A software adapter does both and keeps one; filtering alone
//! is three quarters of a frame. So the questions are answered in the shader's text.

use std::sync::Once;

use js_sys::{Array, Function, JsString, Object, Proxy, Reflect, RegExp};
use wasm_bindgen::prelude::*;

/// Where shaders are handed to the browser: the first argument is a descriptor with the text, or the second is the text.
const ENTRANCES: [(&str, &str); 2] =
    [("GPUDevice", "createShaderModule"), ("WebGL2RenderingContext", "shaderSource")];
/// The questions, in WGSL and in GLSL, and the answer: 0 stands for the sampler's own filter, and for colours as they are.
const QUESTIONS: &str = r"\w+\.(?:predictable_texture_filtering|dithering)\b";
const ANSWER: &str = "0u";

/// From now on shaders are read before the browser gets them.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (class, method) in ENTRANCES {
            // Where there is no such class nothing is handed over.
            let _ = guard(class, method);
        }
    });
}

fn guard(class: &str, method: &str) -> Result<(), JsValue> {
    let prototype = Reflect::get(&Reflect::get(&js_sys::global(), &class.into())?, &"prototype".into())?;
    let browsers = Reflect::get(&prototype, &method.into())?;
    let questions = RegExp::new(QUESTIONS, "g");
    let answered = move |text: JsValue| match text.dyn_into::<JsString>() {
        Ok(text) => text.replace_by_pattern(&questions, ANSWER).into(),
        Err(other) => other,
    };
    let apply = Closure::<dyn Fn(Function, JsValue, Array) -> Result<JsValue, JsValue>>::new(
        move |browsers: Function, this: JsValue, arguments: Array| {
            let (descriptor, code) = (arguments.get(0), JsValue::from("code"));
            let text = Reflect::get(&descriptor, &code)?;
            if text.is_string() {
                let descriptor = Object::assign(&Object::new(), descriptor.unchecked_ref());
                Reflect::set(&descriptor, &code, &answered(text))?;
                arguments.set(0, descriptor.into());
            } else {
                arguments.set(1, answered(arguments.get(1)));
            }
            browsers.apply(&this, &arguments)
        },
    );
    let handler = Object::new();
    Reflect::set(&handler, &"apply".into(), &apply.into_js_value())?;
    Reflect::set(&prototype, &method.into(), &Proxy::new(&browsers, &handler))?;
    Ok(())
}
