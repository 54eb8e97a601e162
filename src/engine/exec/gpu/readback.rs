//! Read-backs: copied to a staging buffer in a submission, mapped without waiting, picked up by polling. The staging
//! buffers are a ring of fixed length, used again and again; where all are in use, the newest request gets that of the
//! oldest.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::super::{Readback, Ticket};
use super::device::{Gpu, locked};
use crate::engine::EngineError;
use crate::engine::plan::Slice;

/// Staging buffers of an executor.
pub(super) const PLACES: usize = 4;

/// Refusals that are kept for whoever asks; older ones are forgotten.
const REFUSALS: usize = 64;

/// Read-backs of one executor.
#[derive(Default)]
pub(super) struct Readbacks {
    last: u64,
    ring: [Place; PLACES],
    refused: BTreeMap<Ticket, EngineError>,
}

/// A staging buffer, once one was needed here, and what is on its way into it.
#[derive(Default)]
struct Place {
    buffer: Option<wgpu::Buffer>,
    pending: Option<Pending>,
}

/// Set by the device when a buffer is mapped, or cannot be.
type Mapped = Arc<Mutex<Option<Result<(), String>>>>;

struct Pending {
    ticket: Ticket,
    /// Bytes in use.
    size: u64,
    /// Name, first byte, bytes.
    parts: Vec<(String, u64, u64)>,
    step: u32,
    mapped: Mapped,
}

/// A staging buffer whose copy must be submitted before it is mapped.
pub(super) struct Staged {
    buffer: wgpu::Buffer,
    size: u64,
    mapped: Mapped,
}

/// State of a ticket.
pub(super) enum Answer {
    Unknown,
    Pending,
    Done(Result<Readback, EngineError>),
}

impl Readbacks {
    fn ticket(&mut self) -> Ticket {
        self.last += 1;
        Ticket(self.last)
    }

    /// A ticket whose answer is an error.
    pub(super) fn refuse(&mut self, error: EngineError) -> Ticket {
        let ticket = self.ticket();
        self.note(ticket, error);
        ticket
    }

    fn note(&mut self, ticket: Ticket, error: EngineError) {
        self.refused.insert(ticket, error);
        while self.refused.len() > REFUSALS {
            self.refused.pop_first();
        }
    }

    /// Encodes the copies of the slices into a staging buffer.
    pub(super) fn stage(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        buffers: &[wgpu::Buffer],
        slices: Vec<(String, Slice)>,
        step: u32,
    ) -> (Ticket, Staged) {
        let size = slices.iter().map(|(_, s)| 4 * s.len() as u64).sum::<u64>().max(4);
        let (place, buffer) = self.place(gpu, size);
        let (mut parts, mut at) = (Vec::new(), 0);
        for (name, s) in slices {
            let bytes = 4 * s.len() as u64;
            encoder.copy_buffer_to_buffer(&buffers[s.buffer], 4 * s.offset as u64, &buffer, at, Some(bytes));
            parts.push((name, at, bytes));
            at += bytes;
        }
        let (ticket, mapped) = (self.ticket(), Mapped::default());
        self.ring[place].pending = Some(Pending { ticket, size, parts, step, mapped: Arc::clone(&mapped) });
        (ticket, Staged { buffer, size, mapped })
    }

    /// Asks for the mapping of a staging buffer, once its copy is submitted.
    pub(super) fn map(&self, staged: Staged) {
        let Staged { buffer, size, mapped } = staged;
        buffer.map_async(wgpu::MapMode::Read, 0..size, move |result| {
            *locked(&mapped) = Some(result.map_err(|e| e.to_string()));
        });
    }

    /// The answer to a ticket, if there is one; given once.
    pub(super) fn poll(&mut self, ticket: Ticket) -> Answer {
        if let Some(error) = self.refused.remove(&ticket) {
            return Answer::Done(Err(error));
        }
        let holds = |place: &&mut Place| place.pending.as_ref().is_some_and(|p| p.ticket == ticket);
        let Some(place) = self.ring.iter_mut().find(holds) else { return Answer::Unknown };
        let result = place.pending.as_ref().and_then(|p| locked(&p.mapped).take());
        let (Some(result), Some(buffer)) = (result, &place.buffer) else { return Answer::Pending };
        let Some(pending) = place.pending.take() else { return Answer::Unknown };
        let answer = result.map_err(EngineError::Device).and_then(|()| pending.read(buffer));
        match &answer {
            Ok(_) => buffer.unmap(),
            // A buffer that could not be mapped is not used again.
            Err(_) => place.buffer = None,
        }
        Answer::Done(answer)
    }

    /// Drops a ticket whose answer will not come.
    pub(super) fn forget(&mut self, ticket: Ticket) {
        for place in &mut self.ring {
            if place.pending.as_ref().is_some_and(|p| p.ticket == ticket) {
                *place = Place::default();
            }
        }
    }

    /// A place of the ring with a buffer of at least this size: a free one, or that of the oldest request.
    fn place(&mut self, gpu: &Gpu, size: u64) -> (usize, wgpu::Buffer) {
        // Free places come first, those that are large enough before the others.
        let worth = |place: &Place| {
            let small = place.buffer.as_ref().is_none_or(|b| b.size() < size);
            (place.pending.as_ref().map(|p| p.ticket), small)
        };
        let at = (0..PLACES).min_by_key(|&i| worth(&self.ring[i])).unwrap_or(0);
        if let Some(overtaken) = self.ring[at].pending.take() {
            // Ends the mapping, or the wait for it.
            self.ring[at].buffer.iter().for_each(wgpu::Buffer::unmap);
            let why = format!("answers were not fetched: {PLACES} newer requests have taken their place");
            self.note(overtaken.ticket, EngineError::Device(why));
        }
        let fitting = self.ring[at].buffer.take().filter(|b| b.size() >= size);
        let buffer = fitting.unwrap_or_else(|| {
            gpu.buffer(&wgpu::BufferDescriptor {
                label: Some("read-back"),
                size: size.next_power_of_two(),
                usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        });
        self.ring[at].buffer = Some(buffer.clone());
        (at, buffer)
    }
}

impl Pending {
    fn read(&self, buffer: &wgpu::Buffer) -> Result<Readback, EngineError> {
        let view = buffer.get_mapped_range(0..self.size);
        let view = view.map_err(|e| EngineError::Device(e.to_string()))?;
        let mut arrays = BTreeMap::new();
        for (name, at, bytes) in &self.parts {
            let part = &view[*at as usize..(at + bytes) as usize];
            let values = part.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            arrays.insert(name.clone(), values.collect());
        }
        Ok(Readback { arrays, step: self.step })
    }
}
