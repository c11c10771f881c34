//! Pixels to channels and back: a finer image of few channels is a coarser one of many.

use super::Shape;

/// The correspondence of a coarse image of `channels r²` channels with a fine one of `channels`, as PyTorch's
/// `PixelShuffle` and `PixelUnshuffle` have it: `coarse[y, x, (c r + i) r + j] = fine[y r + i, x r + j, c]`
/// (Shi et al. 2016).
#[derive(Debug, Clone, Copy)]
pub struct PixelShuffle {
    coarse: Shape,
    r: usize,
}

impl PixelShuffle {
    /// That of a coarse image; `None` where its channels are not a multiple of r².
    #[must_use]
    pub fn of_coarse(coarse: Shape, r: usize) -> Option<Self> {
        let block = r.checked_mul(r).filter(|&block| block > 0)?;
        coarse.channels.is_multiple_of(block).then_some(Self { coarse, r })
    }

    /// That of a fine image; `None` where its sides are not multiples of r.
    #[must_use]
    pub fn of_fine(fine: Shape, r: usize) -> Option<Self> {
        let fits = r > 0 && fine.height.is_multiple_of(r) && fine.width.is_multiple_of(r);
        fits.then(|| Self {
            coarse: Shape {
                height: fine.height / r,
                width: fine.width / r,
                channels: fine.channels * r * r,
            },
            r,
        })
    }

    /// The shape of the coarse image.
    #[must_use]
    pub fn coarse(&self) -> Shape {
        self.coarse
    }

    /// The shape of the fine image.
    #[must_use]
    pub fn fine(&self) -> Shape {
        let Self { coarse: Shape { height, width, channels }, r } = *self;
        Shape { height: height * r, width: width * r, channels: channels / (r * r) }
    }

    /// From fine to coarse.
    ///
    /// # Shapes
    /// `fine`: `[b, fine]`, `coarse`: `[b, coarse]`.
    pub fn unshuffle(&self, fine: &[f32], coarse: &mut [f32]) {
        self.pairs(coarse.len(), |at_coarse, at_fine| coarse[at_coarse] = fine[at_fine]);
    }

    /// From coarse to fine, which is also the way back of a gradient through [`unshuffle`](Self::unshuffle).
    ///
    /// # Shapes
    /// As [`unshuffle`](Self::unshuffle).
    pub fn shuffle(&self, coarse: &[f32], fine: &mut [f32]) {
        self.pairs(coarse.len(), |at_coarse, at_fine| fine[at_fine] = coarse[at_coarse]);
    }

    /// Every pair of places, in the order of the coarse images of `count` values in all.
    #[inline(always)]
    fn pairs(&self, count: usize, mut f: impl FnMut(usize, usize)) {
        let (Shape { width, channels, .. }, r) = (self.fine(), self.r);
        let mut at_coarse = 0;
        // Rows of all images are one run: an image is a whole number of them on both sides.
        for y in 0..count / (self.coarse.width * self.coarse.channels) {
            for x in 0..self.coarse.width {
                for c in 0..channels {
                    for i in 0..r {
                        for j in 0..r {
                            f(at_coarse, ((y * r + i) * width + x * r + j) * channels + c);
                            at_coarse += 1;
                        }
                    }
                }
            }
        }
    }
}
