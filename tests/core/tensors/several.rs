//! Several networks at once: the same data and batches, sizes alike, an error curve for each.

use equiscope::labs::places::Places;
use equiscope::labs::tensors::efficiency::{Efficiency, SIZES};
use equiscope::labs::tensors::exhibit::Exhibit;
use equiscope::labs::tensors::metrics::metrics;
use equiscope::labs::tensors::settings::Settings;
use equiscope::nn::tensors::Kind;
use equiscope::session::Command;

fn small(more: &[Kind]) -> Settings {
    let s = Settings { width: 6, layers: 1, n: 40, batch: 8, seeds: 1, ..Settings::default() };
    Settings { more: more.to_vec(), ..s }
}

fn trained(more: &[Kind], steps: u32) -> Exhibit {
    let mut e = Exhibit::new(small(more), Places::cpu()).unwrap();
    e.command(Command::Step(steps)).unwrap();
    for _ in 0..20_000 {
        e.advance(false).unwrap();
        if !e.busy() {
            return e;
        }
    }
    panic!("no end: {}", metrics(&e));
}

#[test]
fn four_networks_train_on_the_same_batches_and_each_has_a_curve() {
    let e = trained(&[Kind::MlpAug, Kind::Emlp], 20);
    let values = metrics(&e);
    for name in ["model", "twin", "third", "fourth"] {
        assert!(values["test_error"][name].as_f64().unwrap() > 0.0, "{values}");
        let lines = e.curves_csv().lines().filter(|l| l.split(',').nth(1) == Some(name)).count();
        assert_eq!(lines, 3, "{name} at steps 0, 10, 20");
    }
    assert_eq!(values["models"]["fourth"], "emlp");
    let sizes = e.model().parameters();
    assert_eq!(sizes.len(), 4);
    assert!(sizes.iter().all(|n| (0.75..1.3).contains(&(*n as f64 / sizes[0] as f64))), "{sizes:?}");
}

#[test]
fn who_is_trained_beside_changes_nothing_for_the_others() {
    let (alone, beside) = (trained(&[], 20), trained(&[Kind::MlpAug, Kind::Emlp], 20));
    for net in 0..2 {
        assert_eq!(alone.examiner().summary(net), beside.examiner().summary(net), "network {net}");
    }
}

#[test]
fn a_sweep_has_a_value_for_each() {
    let mut sweep = Efficiency::new(&small(&[Kind::MlpAug]));
    for _ in 0..200_000 {
        if sweep.advance(&Places::cpu(), false).unwrap() {
            break;
        }
    }
    let (n, errors) = &sweep.points()[0];
    assert_eq!((*n, errors.len()), (SIZES[0], 3));
    assert!(errors.iter().all(|e| e.is_finite() && *e > 0.0), "{errors:?}");
}
