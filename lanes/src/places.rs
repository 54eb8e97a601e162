//! The buffers of a plan, and where the tensors of its launches lie in them. What each launch borrows is looked up and
//! checked once, when the launch is added: small launches are over sooner than the looking up would be.

use std::ops::{Index, IndexMut, Range};

/// Where a tensor lies: in a buffer, moved on by a stride in each frame.
#[derive(Clone, Debug)]
pub struct Place {
    /// The buffer.
    pub buffer: usize,
    /// The numbers in it, of the first frame.
    pub range: Range<usize>,
    /// How many frames there are; step t sees frame t mod `frames`.
    pub frames: usize,
    /// How far they are apart.
    pub stride: usize,
}

impl Place {
    /// The numbers in the buffer that a step sees.
    pub fn at(&self, step: u32) -> Range<usize> {
        let offset = step as usize % self.frames * self.stride;
        self.range.start + offset..self.range.end + offset
    }

    /// From the first number of the first frame to the last number of the last one.
    fn reach(&self) -> Range<usize> {
        self.range.start..self.range.end + (self.frames - 1) * self.stride
    }
}

/// Buffers, and launches that read and write tensors in them.
pub struct Places<T> {
    /// Each from a box that is put together again when all is dropped. Whatever touches the numbers goes by these pointers.
    buffers: Vec<*mut [T]>,
    launches: Vec<Launch<T>>,
}

/// The tensors of a launch. Each lies within its buffer, and none of those that are written meets another one.
struct Launch<T> {
    reads: Vec<*const [T]>,
    /// Those of `reads` that change with the step: number, buffer and place.
    moving: Vec<(usize, *mut [T], Place)>,
    writes: Vec<*mut [T]>,
    /// What is lent of `writes`: whoever has it may put anything there.
    lent: Vec<*mut [T]>,
}

#[allow(unsafe_code)]
// SAFETY: the buffers belong to nobody else, and the pointers lead nowhere else.
unsafe impl<T: Send> Send for Places<T> {}

impl<T> Places<T> {
    /// Buffers without launches.
    pub fn new(buffers: impl Iterator<Item = Vec<T>>) -> Self {
        let buffers = buffers.map(|b| Box::into_raw(b.into_boxed_slice()));
        Self { buffers: buffers.collect(), launches: Vec::new() }
    }

    /// Adds the next launch.
    ///
    /// # Panics
    /// Where a tensor does not lie within its buffer, or one that is written meets another one.
    pub fn add(&mut self, reads: Vec<Place>, writes: Vec<Place>) {
        let all: Vec<(usize, Range<usize>)> =
            writes.iter().chain(&reads).map(|p| (p.buffer, p.reach())).collect();
        for (i, (buffer, range)) in all.iter().enumerate() {
            assert!(
                range.start <= range.end && range.end <= self[*buffer].len(),
                "a tensor lies in its buffer"
            );
            let meets = |(other, o): &(usize, Range<usize>)| {
                other == buffer && o.start < range.end && range.start < o.end
            };
            assert!(!all[..i.min(writes.len())].iter().any(meets), "a tensor that is written meets no other");
        }
        let writes: Vec<_> = writes.iter().map(|p| part(self.buffers[p.buffer], p.range.clone())).collect();
        self.launches.push(Launch {
            reads: reads.iter().map(|p| part(self.buffers[p.buffer], p.range.clone()).cast_const()).collect(),
            lent: writes.clone(),
            writes,
            moving: (reads.into_iter().enumerate())
                .filter(|(_, p)| p.frames > 1)
                .map(|(number, p)| (number, self.buffers[p.buffer], p))
                .collect(),
        });
    }

    /// The tensors of a launch in a step: what it reads and what it writes.
    #[inline]
    pub fn lend(&mut self, launch: usize, step: u32) -> (&[&[T]], &mut [&mut [T]]) {
        let launch = &mut self.launches[launch];
        for (number, buffer, place) in &launch.moving {
            launch.reads[*number] = part(*buffer, place.at(step));
        }
        launch.lent.iter_mut().zip(&launch.writes).for_each(|(lent, &own)| *lent = own);
        #[allow(unsafe_code)]
        // SAFETY: a reference looks like a pointer. These lead into boxes that live as long as `self`, which is borrowed,
        // so that nobody else touches the numbers meanwhile; `add` has seen to it that the tensors are within the boxes and
        // that those which are written are apart from all others.
        unsafe {
            let reads: *const [*const [T]] = launch.reads.as_slice();
            let writes: *mut [*mut [T]] = launch.lent.as_mut_slice();
            (&*(reads as *const [&[T]]), &mut *(writes as *mut [&mut [T]]))
        }
    }
}

/// Part of a buffer, in which it must lie.
fn part<T>(buffer: *mut [T], range: Range<usize>) -> *mut [T] {
    // No number is touched, so that this is safe for any pointer.
    std::ptr::slice_from_raw_parts_mut(buffer.cast::<T>().wrapping_add(range.start), range.len())
}

impl<T> Index<usize> for Places<T> {
    type Output = [T];

    fn index(&self, buffer: usize) -> &[T] {
        #[allow(unsafe_code)]
        // SAFETY: the box lives as long as `self`, which is borrowed as the numbers are.
        unsafe {
            &*self.buffers[buffer]
        }
    }
}

impl<T> IndexMut<usize> for Places<T> {
    fn index_mut(&mut self, buffer: usize) -> &mut [T] {
        #[allow(unsafe_code)]
        // SAFETY: the same.
        unsafe {
            &mut *self.buffers[buffer]
        }
    }
}

impl<T> Drop for Places<T> {
    fn drop(&mut self) {
        for &buffer in &self.buffers {
            #[allow(unsafe_code)]
            // SAFETY: it comes from a box, and nobody looks at it any more.
            drop(unsafe { Box::from_raw(buffer) });
        }
    }
}
