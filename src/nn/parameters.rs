//! Named tensors in one fixed order: parameters, gradients and Adam's moments alike.

use std::ops::Range;

use rand::Rng;

use crate::error::{Error, Result};

/// More numbers than this are refused: a config from outside must not exhaust the memory of a page. 64 Mi are 256 MB,
/// and training needs four times as much.
const MOST_NUMBERS: usize = 64 << 20;

/// One named tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// PyTorch's name for the same thing, such as `encoder.0.weight`.
    pub name: String,
    /// Size of each axis; images and kernels are channels-last.
    pub shape: Vec<usize>,
    /// The values, row-major.
    pub values: Vec<f32>,
}

/// An ordered list of named tensors.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters {
    tensors: Vec<Tensor>,
}

/// Where a layer's tensor stands in [`Parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(usize);

impl Parameters {
    /// Appends a tensor of zeros and says where it stands.
    ///
    /// # Errors
    /// [`Error::Config`] where all tensors together would hold more than 64 Mi numbers.
    pub fn push(&mut self, name: String, shape: Vec<usize>) -> Result<Slot> {
        let left = MOST_NUMBERS - self.count();
        let count = shape.iter().try_fold(1_usize, |product, &size| product.checked_mul(size));
        let Some(count) = count.filter(|&count| count <= left) else {
            let message = format!(
                "{name} would be {shape:?}, and a model holds at most {MOST_NUMBERS} numbers"
            );
            return Err(Error::Config(message));
        };
        self.tensors.push(Tensor { name, shape, values: vec![0.0; count] });
        Ok(Slot(self.tensors.len() - 1))
    }

    /// The same names and shapes, every value 0.
    #[must_use]
    pub fn zeros_like(&self) -> Self {
        let mut zeros = self.clone();
        zeros.fill(0.0);
        zeros
    }

    /// Sets every value.
    pub fn fill(&mut self, value: f32) {
        self.iter_mut().for_each(|tensor| tensor.values.fill(value));
    }

    /// The values in a slot.
    #[must_use]
    pub fn get(&self, slot: Slot) -> &[f32] {
        &self.tensors[slot.0].values
    }

    /// The values in a slot, to be changed.
    pub fn get_mut(&mut self, slot: Slot) -> &mut [f32] {
        &mut self.tensors[slot.0].values
    }

    /// The tensors in order.
    pub fn iter(&self) -> impl Iterator<Item = &Tensor> {
        self.tensors.iter()
    }

    /// The tensors in order, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Tensor> {
        self.tensors.iter_mut()
    }

    /// How many numbers there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.iter().map(|tensor| tensor.values.len()).sum()
    }

    /// How many numbers there are before those in a slot.
    #[must_use]
    pub fn first_number(&self, slot: Slot) -> usize {
        self.tensors[..slot.0].iter().map(|tensor| tensor.values.len()).sum()
    }

    /// The pieces that the tensors have in a range of all numbers, counted through the tensors in order: the number of a
    /// piece's first, and the piece. No piece is empty.
    pub fn pieces(&self, part: Range<usize>) -> impl Iterator<Item = (usize, &[f32])> {
        let mut end = 0;
        self.iter().filter_map(move |tensor| {
            let first = end;
            end += tensor.values.len();
            let within = overlap(&part, first, end)?;
            Some((first + within.start, &tensor.values[within]))
        })
    }

    /// [`pieces`](Self::pieces), to be changed.
    pub fn pieces_mut(&mut self, part: Range<usize>) -> impl Iterator<Item = (usize, &mut [f32])> {
        let mut end = 0;
        self.iter_mut().filter_map(move |tensor| {
            let first = end;
            end += tensor.values.len();
            let within = overlap(&part, first, end)?;
            Some((first + within.start, &mut tensor.values[within]))
        })
    }

    /// Draws a tensor from `U(-bound, bound)`.
    pub(crate) fn fill_uniform(&mut self, slot: Slot, bound: f32, rng: &mut impl Rng) {
        for value in self.get_mut(slot) {
            // The top 24 bits: every f32 in [0, 1) on the grid of 2^-24, the same on every platform.
            let unit = (rng.next_u32() >> 8) as f32 / (1 << 24) as f32;
            *value = (2.0 * unit - 1.0) * bound;
        }
    }
}

/// Where `part` lies in a tensor of the numbers `first` to `end`, counted from its own first.
fn overlap(part: &Range<usize>, first: usize, end: usize) -> Option<Range<usize>> {
    let (from, to) = (part.start.max(first), part.end.min(end));
    (from < to).then(|| from - first..to - first)
}
