//! A graphics device in trouble while the lab computes on it.

use eframe::egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use equiscope::app::health::Inbox;
use equiscope::app::{Options, Shell};
use equiscope::engine::exec::gpu::Gpu;
use equiscope::labs::{Command, registry};

use crate::shell::{TestHost, World};

/// The lab on a device without a window, training on it; none without an adapter.
fn open() -> Option<(Harness<'static, Shell>, Gpu)> {
    let gpu = match Gpu::headless() {
        Ok(gpu) => gpu,
        Err(error) => {
            assert!(std::env::var("EQUISCOPE_REQUIRE_GPU").map_or(true, |v| v != "1"), "no adapter: {error}");
            return None;
        }
    };
    let device = Some(gpu.clone());
    let host = Box::new(TestHost(std::rc::Rc::new(std::cell::RefCell::new(World::default()))));
    let harness = Harness::builder().with_size([1280.0, 800.0]).with_max_steps(64).build_eframe(move |cc| {
        let open = "#/vectors?train=gpu".to_owned();
        let (drawing, inbox) = ("Vulkan".to_owned(), Inbox::default());
        Shell::new(cc, &registry(), Options { host, open, device, drawing, inbox })
    });
    Some((harness, gpu))
}

fn metrics(harness: &mut Harness<'_, Shell>) -> serde_json::Value {
    harness.state_mut().lab().unwrap().metrics()
}

/// Runs frames until something is so.
fn until(harness: &mut Harness<'_, Shell>, mut so: impl FnMut(&mut Harness<'_, Shell>) -> bool) {
    for _ in 0..1000 {
        if so(harness) {
            return;
        }
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("it never came, in state {}", metrics(harness)["state"]);
}

#[test]
fn a_refused_command_moves_the_lab_to_the_processor_with_its_weights() {
    let Some((mut harness, gpu)) = open() else { return };
    harness.key_press(Key::Space);
    // The first steps are the processor's, until the pipelines are made.
    until(&mut harness, |h| metrics(h)["training_backend"] == "gpu");
    let taken = metrics(&mut harness)["step"].as_f64().unwrap();
    until(&mut harness, |h| metrics(h)["step"].as_f64() > Some(taken + 20.0));
    let loss = metrics(&mut harness)["loss"]["equivariant"].as_f64().unwrap();

    let _refused = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("contradictory"),
        size: 4,
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    });
    until(&mut harness, |h| metrics(h)["training_backend"] == "cpu");
    until(&mut harness, |h| metrics(h)["residual"].is_number() && !h.state_mut().lab().unwrap().busy());
    harness.run_steps(2);
    assert!(harness.state().device().is_none(), "the badge says CPU");
    let notices = harness.query_all_by_label_contains("refused a command").count();
    assert_eq!(notices, 1);

    // Training is paused, at the step and with the weights of the last snapshot, and can be resumed.
    let after = metrics(&mut harness);
    assert_eq!(after["state"], "paused", "{after}");
    let step = after["step"].as_f64().unwrap();
    assert!(step > 20.0);
    assert!(after["worst"].as_f64().unwrap() < 1e-5);
    // One step: its loss is that of the weights before it. Fresh moments make the next ones larger.
    harness.state_mut().lab().unwrap().command(Command::Step(1));
    until(&mut harness, |h| metrics(h)["step"].as_f64() == Some(step + 1.0));
    let first = metrics(&mut harness)["loss"]["equivariant"].as_f64().unwrap();
    assert!(first < 3.0 * loss, "training went on from {loss}, not anew: {first}");
}

#[test]
fn a_lost_device_does_not_end_the_lab_either() {
    let Some((mut harness, gpu)) = open() else { return };
    until(&mut harness, |h| metrics(h)["worst"].is_number());
    gpu.device.destroy();
    until(&mut harness, |h| h.state().device().is_none());
    assert_eq!(metrics(&mut harness)["training_backend"], "cpu");
    until(&mut harness, |h| metrics(h)["worst"].is_number() && !h.state_mut().lab().unwrap().busy());
    assert_eq!(metrics(&mut harness)["state"], "paused");
}
