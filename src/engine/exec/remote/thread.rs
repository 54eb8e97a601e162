//! A server in a thread.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};

use web_time::Instant;

use super::{Parcel, Port, Server};

/// A server in a thread of its own. The thread ends when the port is dropped.
pub struct Thread {
    out: Sender<Parcel>,
    back: Receiver<Parcel>,
}

impl Thread {
    /// Starts it.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start() -> std::io::Result<Self> {
        let (out, orders) = std::sync::mpsc::channel();
        let (answers, back) = std::sync::mpsc::channel();
        std::thread::Builder::new().name("training".to_owned()).spawn(move || {
            let mut server = Server::default();
            loop {
                let said = match next_order(&orders, server.due()) {
                    Ok(parcel) => server.handle(parcel).into_iter().collect(),
                    Err(RecvTimeoutError::Timeout) => server.go_on(),
                    Err(RecvTimeoutError::Disconnected) => return,
                };
                if said.into_iter().any(|answer| answers.send(answer).is_err()) {
                    return;
                }
            }
        })?;
        Ok(Self { out, back })
    }
}

/// Waits for an order, until some moment at the latest.
fn next_order(orders: &Receiver<Parcel>, due: Option<Instant>) -> Result<Parcel, RecvTimeoutError> {
    match due {
        Some(due) => orders.recv_timeout(due.saturating_duration_since(Instant::now())),
        None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
    }
}

impl Port for Thread {
    fn send(&mut self, parcel: Parcel) {
        // If nobody listens, `receive` says so.
        let _ = self.out.send(parcel);
    }

    fn receive(&mut self) -> Result<Option<Parcel>, String> {
        match self.back.try_recv() {
            Ok(parcel) => Ok(Some(parcel)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err("the training thread has ended".to_owned()),
        }
    }
}
