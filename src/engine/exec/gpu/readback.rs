//! Read-backs: copied to a staging buffer in a submission, mapped without waiting, picked up by polling. Staging
//! buffers are used again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::{Readback, Ticket};
use crate::engine::EngineError;
use crate::engine::plan::Slice;

/// Read-backs of one executor.
#[derive(Default)]
pub(super) struct Readbacks {
    last: u64,
    pending: BTreeMap<Ticket, Pending>,
    refused: BTreeMap<Ticket, EngineError>,
    idle: Vec<wgpu::Buffer>,
}

/// Set by the device when a buffer is mapped, or cannot be.
type Mapped = Arc<Mutex<Option<Result<(), String>>>>;

struct Pending {
    buffer: wgpu::Buffer,
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
        self.refused.insert(ticket, error);
        ticket
    }

    /// Encodes the copies of the slices into a staging buffer.
    pub(super) fn stage(
        &mut self,
        device: &wgpu::Device,
        encoder: &mut wgpu::CommandEncoder,
        buffers: &[wgpu::Buffer],
        slices: Vec<(String, Slice)>,
        step: u32,
    ) -> (Ticket, Staged) {
        let size = slices.iter().map(|(_, s)| 4 * s.len() as u64).sum::<u64>().max(4);
        let buffer = self.staging(device, size);
        let (mut parts, mut at) = (Vec::new(), 0);
        for (name, s) in slices {
            let bytes = 4 * s.len() as u64;
            encoder.copy_buffer_to_buffer(&buffers[s.buffer], 4 * s.offset as u64, &buffer, at, Some(bytes));
            parts.push((name, at, bytes));
            at += bytes;
        }
        let (ticket, mapped) = (self.ticket(), Mapped::default());
        let staged = Staged { buffer: buffer.clone(), size, mapped: Arc::clone(&mapped) };
        self.pending.insert(ticket, Pending { buffer, size, parts, step, mapped });
        (ticket, staged)
    }

    /// Asks for the mapping of a staging buffer, once its copy is submitted.
    pub(super) fn map(&self, staged: Staged) {
        let Staged { buffer, size, mapped } = staged;
        buffer.map_async(wgpu::MapMode::Read, 0..size, move |result| {
            let result = result.map_err(|e| e.to_string());
            *mapped.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        });
    }

    /// The answer to a ticket, if there is one; given once.
    pub(super) fn poll(&mut self, ticket: Ticket) -> Answer {
        if let Some(error) = self.refused.remove(&ticket) {
            return Answer::Done(Err(error));
        }
        let Some(pending) = self.pending.get(&ticket) else { return Answer::Unknown };
        let result = pending.mapped.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(result) = result else { return Answer::Pending };
        let Some(pending) = self.pending.remove(&ticket) else { return Answer::Unknown };
        match result.map_err(EngineError::Device).and_then(|()| pending.read()) {
            Ok(readback) => {
                pending.buffer.unmap();
                self.idle.push(pending.buffer);
                Answer::Done(Ok(readback))
            }
            Err(error) => Answer::Done(Err(error)),
        }
    }

    /// Drops a ticket whose answer will not come.
    pub(super) fn forget(&mut self, ticket: Ticket) {
        self.pending.remove(&ticket);
    }

    /// An idle staging buffer of at least this size, and not more than twice as large, or a new one.
    fn staging(&mut self, device: &wgpu::Device, size: u64) -> wgpu::Buffer {
        let fits = |b: &wgpu::Buffer| b.size() >= size && b.size() <= 2 * size;
        if let Some(at) = self.idle.iter().position(fits) {
            return self.idle.swap_remove(at);
        }
        self.idle.truncate(8);
        device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("read-back"),
            size,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }
}

impl Pending {
    fn read(&self) -> Result<Readback, EngineError> {
        let view = self.buffer.get_mapped_range(0..self.size);
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
