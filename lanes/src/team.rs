//! A few threads that share the work of one launch. They stand by from launch to launch: starting one takes longer than
//! most launches. In WASM `alone.rs` stands in its place.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

/// Most threads of a team.
pub const MOST: usize = 16;

/// How often a channel is asked before the thread is put to sleep: about 20 µs, in which the next launch often comes.
const ASKED: usize = 1500;

/// What a thread is asked to do: a part of some work.
struct Job {
    work: &'static (dyn Fn(usize) + Sync),
    part: usize,
}

struct Helper {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// Threads, with room for each to work in.
pub struct Team {
    helpers: Vec<Helper>,
    /// A message for each part that is done: whether it went well.
    done: Option<Mutex<Receiver<bool>>>,
    rooms: Vec<Mutex<Room>>,
}

/// Numbers of one thread, kept from launch to launch.
#[derive(Debug, Default)]
pub struct Room {
    /// For packing.
    pub scratch: Vec<f32>,
    /// For what runs inside of what works in `scratch`.
    pub registers: Vec<f32>,
}

impl Team {
    /// The calling thread and nobody else.
    pub const fn alone() -> Self {
        Self { helpers: Vec::new(), done: None, rooms: Vec::new() }
    }

    /// So many threads in all, of 1 to [`MOST`]; fewer where no more can be started.
    pub fn new(threads: usize) -> Self {
        if threads < 2 {
            return Self::alone();
        }
        let (told, done) = channel();
        let helpers: Vec<Helper> =
            (1..threads.min(MOST)).map_while(|_| Helper::start(told.clone()).ok()).collect();
        let rooms = (0..=helpers.len()).map(|_| Mutex::default()).collect();
        Self { helpers, done: Some(Mutex::new(done)), rooms }
    }

    /// How many threads there are.
    pub fn size(&self) -> usize {
        1 + self.helpers.len()
    }

    /// Does parts 0 … `parts` − 1 of some work, at most one for each thread, and returns when all are done. A part is given
    /// its number and room of its own.
    ///
    /// # Panics
    /// Where a part does, or where there are more parts than threads.
    pub fn share(&self, parts: usize, work: &(dyn Fn(usize, &mut Room) + Sync)) {
        assert!(parts <= self.rooms.len(), "{parts} parts for {} threads", self.rooms.len());
        let whole = |part: usize| {
            // What a panic has left behind in a room is of no meaning, as it always is.
            let room = self.rooms[part].lock();
            work(part, &mut room.unwrap_or_else(PoisonError::into_inner));
        };
        let whole: &(dyn Fn(usize) + Sync) = &whole;
        #[allow(unsafe_code)]
        // SAFETY: the reference is used by this call alone: `Waiting` does not let it end, not even by a panic, before each
        // helper that was given a part has said that it is done with it.
        let lasting =
            unsafe { std::mem::transmute::<&(dyn Fn(usize) + Sync), &'static (dyn Fn(usize) + Sync)>(whole) };
        let mut waiting = Waiting { done: &self.done, parts: 0, well: true };
        for (helper, part) in self.helpers.iter().zip(1..parts) {
            let sent =
                helper.jobs.as_ref().is_some_and(|jobs| jobs.send(Job { work: lasting, part }).is_ok());
            if sent {
                waiting.parts += 1;
            } else {
                whole(part);
            }
        }
        whole(0);
        assert!(waiting.all(), "a thread of the team has panicked");
    }
}

/// Parts that others are at.
struct Waiting<'a> {
    done: &'a Option<Mutex<Receiver<bool>>>,
    parts: usize,
    well: bool,
}

impl Waiting<'_> {
    /// Waits for them; whether all went well.
    fn all(&mut self) -> bool {
        let Some(done) = self.done else { return self.well };
        let done = done.lock().unwrap_or_else(PoisonError::into_inner);
        while self.parts > 0 {
            // Helpers live as long as the team: there is always an answer.
            self.well &= next(&done) == Some(true);
            self.parts -= 1;
        }
        self.well
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.all();
    }
}

impl Helper {
    fn start(told: Sender<bool>) -> std::io::Result<Self> {
        let (jobs, inbox) = channel::<Job>();
        let thread = std::thread::Builder::new().name("team".to_owned()).spawn(move || {
            while let Some(job) = next(&inbox) {
                let run = std::panic::AssertUnwindSafe(|| (job.work)(job.part));
                let well = std::panic::catch_unwind(run).is_ok();
                if told.send(well).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }
}

/// The next message: asked for a while, then waited for. None when nobody can send any more.
fn next<T>(inbox: &Receiver<T>) -> Option<T> {
    for _ in 0..ASKED {
        match inbox.try_recv() {
            Ok(message) => return Some(message),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => std::hint::spin_loop(),
        }
    }
    inbox.recv().ok()
}

impl Drop for Team {
    fn drop(&mut self) {
        self.helpers.iter_mut().for_each(|helper| helper.jobs = None);
        for helper in &mut self.helpers {
            if let Some(thread) = helper.thread.take() {
                // A helper catches what panics; there is nothing to be told.
                let _ = thread.join();
            }
        }
    }
}

/// Cuts `count` rows into parts for a team: rows of a part, a multiple of `unit`. None where one thread is to do all.
pub(crate) fn rows_of_a_part(threads: usize, count: usize, unit: usize) -> Option<usize> {
    let mut rows = count.div_ceil(threads).next_multiple_of(unit);
    // A single row would be computed in another way than rows are.
    while rows < count && count % rows == 1 {
        rows += unit;
    }
    (threads > 1 && rows < count).then_some(rows)
}
