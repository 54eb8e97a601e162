//! The exhibit in the page and in another thread: the same numbers, and what happens when the thread ends or a run runs
//! away.

use crate::remote::Loop;
use equiscope::engine::exec::remote::{Remote, Thread};
use equiscope::labs::places::Places;
use equiscope::labs::tensors::exhibit::Exhibit;
use equiscope::labs::tensors::metrics::metrics;
use equiscope::labs::tensors::settings::Settings;
use equiscope::session::Command;
use std::time::Duration;

fn small() -> Settings {
    Settings { width: 4, layers: 1, n: 40, batch: 8, seeds: 3, ..Settings::default() }
}

fn apart() -> Places {
    Places::with_worker(Remote::new(Box::new(Thread::start().unwrap())))
}

/// Frames until nothing is under way.
fn settle(e: &mut Exhibit) {
    for _ in 0..100_000 {
        e.advance(false).unwrap();
        if !e.busy() {
            return;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    panic!("no end: {}", metrics(e));
}

/// Frames until something is so.
fn until(e: &mut Exhibit, so: impl Fn(&Exhibit) -> bool) {
    for _ in 0..100_000 {
        e.advance(false).unwrap();
        if so(e) {
            return;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    panic!("it never is: {}", metrics(e));
}

/// Bits of the parameters of every run.
fn params(e: &Exhibit) -> Vec<Vec<u32>> {
    e.runs().iter().map(|run| run.trainer().params().iter().map(|v| v.to_bits()).collect()).collect()
}

fn steps(e: &Exhibit) -> Vec<u32> {
    e.runs().iter().map(|run| run.trainer().step()).collect()
}

fn thread(e: &Exhibit) -> String {
    metrics(e)["training_thread"].as_str().unwrap().to_owned()
}

#[test]
fn another_thread_trains_all_seeds_to_the_same_bits() {
    let train = |places: Places| {
        let mut e = Exhibit::new(small(), places).unwrap();
        e.command(Command::Step(47)).unwrap();
        settle(&mut e);
        assert_eq!(steps(&e), [47; 3]);
        let sweep = e.prober().sweep().unwrap();
        (thread(&e), params(&e), e.curves_csv(), format!("{:?} {:?}", sweep.error, sweep.worst))
    };
    let (here, there) = (train(Places::cpu()), train(apart()));
    assert_eq!((here.0.as_str(), there.0.as_str()), ("page", "worker"));
    assert!(here.1 == there.1, "parameters");
    assert_eq!(here.2, there.2);
    assert_eq!(here.3, there.3);
    let marks: Vec<&str> = here.2.lines().filter_map(|line| line.strip_prefix("2,twin,")).collect();
    let at: Vec<&str> = marks.iter().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(at, ["0", "10", "20", "30", "40"], "an exam at every mark");
}

#[test]
fn seeds_share_a_thread_and_stop_when_told() {
    for seeds in [1, 5] {
        let mut e = Exhibit::new(Settings { seeds, ..small() }, apart()).unwrap();
        e.command(Command::Play).unwrap();
        until(&mut e, |e| e.step() >= 100);
        assert!(e.playing() && e.steps_per_second() > 0.0);
        e.command(Command::Pause).unwrap();
        settle(&mut e);
        let (rest, at) = (steps(&e), params(&e));
        let (low, high) = (rest.iter().min().unwrap(), rest.iter().max().unwrap());
        assert!(high - low <= 60, "none is far ahead: {rest:?}");
        let points = e.examiner().summary(0);
        assert!(points.iter().filter(|p| p[0] <= 100.0).count() >= 11, "{points:?}");
        e.advance(false).unwrap();
        assert_eq!(params(&e), at, "paused");
        e.command(Command::Step(3)).unwrap();
        settle(&mut e);
        assert_eq!(e.step(), low + 3);
        e.command(Command::Reset).unwrap();
        settle(&mut e);
        assert_eq!((e.step(), thread(&e).as_str()), (0, "worker"));
        assert_eq!(e.examiner().summary(0).len(), 1, "what was under way is forgotten");
    }
}

#[test]
fn training_exams_and_sweeps_go_on_here_when_the_thread_ends() {
    for life in [0, 15, 60, 200] {
        let port = Loop::that_lives_for(life);
        let mut e = Exhibit::new(small(), Places::with_worker(Remote::new(Box::new(port)))).unwrap();
        e.command(Command::Play).unwrap();
        until(&mut e, |e| e.runs().iter().all(|run| !run.apart()));
        assert_eq!(thread(&e), "page");
        let before = e.step();
        until(&mut e, |e| e.step() >= before + 40);
        e.command(Command::Pause).unwrap();
        settle(&mut e);
        let points = e.examiner().summary(1);
        let mut marks = points.iter().map(|p| p[0]);
        assert_eq!(marks.next(), Some(0.0), "life {life}");
        assert!(
            marks.len() as u32 >= (before + 40) / 20 && points.iter().all(|p| p[1].is_finite()),
            "{points:?}"
        );
        assert!(points.windows(2).all(|w| w[1][0] > w[0][0]), "{points:?}");
        assert!(e.prober().sweep().is_some());
        // What needs new plans does not ask the thread again.
        e.command(Command::Reset).unwrap();
        settle(&mut e);
        assert_eq!((e.step(), thread(&e).as_str()), (0, "page"));
    }
}

#[test]
fn a_rate_of_ten_is_told_and_undone() {
    for places in [Places::cpu(), apart()] {
        let mut e = Exhibit::new(small(), places).unwrap();
        e.command(Command::Step(20)).unwrap();
        settle(&mut e);
        e.apply(Settings { learning_rate: 10.0, ..small() }).unwrap();
        e.command(Command::Play).unwrap();
        until(&mut e, |e| e.diverged().is_some());
        let told = e.diverged().unwrap().clone();
        assert!(told.back_to <= told.step && told.back_to >= 20, "{told:?}");
        assert!(!e.playing());
        settle(&mut e);
        let finite =
            |e: &Exhibit| e.runs().iter().all(|r| r.trainer().params().iter().all(|v| v.is_finite()));
        assert!(finite(&e));
        assert_eq!(metrics(&e)["state"], "diverged");
        assert_eq!(metrics(&e)["diverged"]["back_to"], told.back_to);
        assert!(
            e.curves_csv().lines().skip(1).all(|l| l
                .rsplit(',')
                .next()
                .unwrap()
                .parse::<f64>()
                .unwrap()
                .is_finite())
        );
        // With a rate that it bears it goes on from there.
        e.apply(small()).unwrap();
        e.command(Command::Step(5)).unwrap();
        assert!(e.diverged().is_none());
        settle(&mut e);
        assert!(e.diverged().is_none() && finite(&e) && e.step() >= told.back_to);
    }
}
