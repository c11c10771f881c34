//! How a convolution sees an image: one row per position of the kernel (im2col), and back (col2im).

use std::ops::Range;

/// The most numbers that one image may have.
const MOST_NUMBERS: usize = 16 << 20;
/// The most that kernel, stride and padding may be, in pixels: far above any use, far below any overflow.
const MOST_PIXELS: usize = 1024;

/// The shape of one image, channels-last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Rows of pixels.
    pub height: usize,
    /// Pixels in a row.
    pub width: usize,
    /// Values in a pixel.
    pub channels: usize,
}

impl Shape {
    /// How many numbers one image has.
    #[must_use]
    pub fn count(self) -> usize {
        self.height * self.width * self.channels
    }

    /// How many numbers one image has; `None` for none at all, and for more than 16 Mi: a shape from outside must not
    /// exhaust the memory of a page.
    #[must_use]
    pub fn checked_count(self) -> Option<usize> {
        let count = self.height.checked_mul(self.width)?.checked_mul(self.channels)?;
        (1..=MOST_NUMBERS).contains(&count).then_some(count)
    }
}

/// The patches of an image under a square kernel.
///
/// Row `(y, x)` of the patch matrix holds `image[y * stride + ky - padding, x * stride + kx - padding, c]` in the order
/// `(ky, kx, c)`, with 0 outside the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patches {
    /// The image that the patches are cut from.
    pub image: Shape,
    /// Positions of the kernel, vertically.
    pub height: usize,
    /// Positions of the kernel, horizontally.
    pub width: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
}

impl Patches {
    /// The patches of `image`; `None` where the kernel does not fit or a size is 0 or absurd.
    #[must_use]
    pub fn new(image: Shape, kernel: usize, stride: usize, padding: usize) -> Option<Self> {
        image.checked_count()?;
        let positions =
            |side: usize| Some((side + 2 * padding).checked_sub(kernel)?.checked_div(stride)? + 1);
        if kernel.max(stride).max(padding) > MOST_PIXELS {
            return None;
        }
        let (height, width) = (positions(image.height)?, positions(image.width)?);
        let patches = Self { image, height, width, kernel, stride, padding };
        Shape { height, width, channels: patches.size() }.checked_count()?;
        Some(patches)
    }

    /// The patches of the image that a transposed convolution makes from `grid`, of `channels` channels; `None` as in
    /// [`new`](Self::new).
    #[must_use]
    pub fn transposed(
        grid: Shape,
        channels: usize,
        kernel: usize,
        stride: usize,
        padding: usize,
    ) -> Option<Self> {
        if kernel.max(stride).max(padding) > MOST_PIXELS {
            return None;
        }
        let side = |positions: usize| ((positions - 1) * stride + kernel).checked_sub(2 * padding);
        let image = Shape { height: side(grid.height)?, width: side(grid.width)?, channels };
        Self::new(image, kernel, stride, padding)
    }

    /// How many patches an image has: the rows of its patch matrix.
    #[must_use]
    pub fn count(&self) -> usize {
        self.height * self.width
    }

    /// How many values a patch has: the columns of the patch matrix.
    #[must_use]
    pub fn size(&self) -> usize {
        self.kernel * self.kernel * self.image.channels
    }

    /// Writes the patch matrix `[count, size]` of one image (im2col).
    pub fn gather(&self, image: &[f32], rows: &mut [f32]) {
        if self.padding > 0 {
            rows.fill(0.0);
        }
        self.for_each_run(|in_rows, in_image| copy(&image[in_image], &mut rows[in_rows]));
    }

    /// Adds every patch back to where it was cut from (col2im): the transpose of [`gather`](Self::gather).
    pub fn scatter_add(&self, rows: &[f32], image: &mut [f32]) {
        self.for_each_run(|in_rows, in_image| add(&rows[in_rows], &mut image[in_image]));
    }

    /// Calls `f` with every run of values that is contiguous both in the patch matrix and in the image.
    #[inline(always)]
    fn for_each_run(&self, mut f: impl FnMut(Range<usize>, Range<usize>)) {
        let Shape { height, width, channels } = self.image;
        for y in 0..self.height {
            for x in 0..self.width {
                let row = (y * self.width + x) * self.size();
                let left = x * self.stride;
                // The kernel's columns that fall inside: padding <= left + kx < padding + width.
                let first = self.padding.saturating_sub(left);
                let last = self.kernel.min((self.padding + width).saturating_sub(left));
                if first >= last {
                    continue;
                }
                let length = (last - first) * channels;
                for ky in 0..self.kernel {
                    let Some(image_y) = (y * self.stride + ky).checked_sub(self.padding) else {
                        continue;
                    };
                    if image_y >= height {
                        break;
                    }
                    let in_rows = row + (ky * self.kernel + first) * channels;
                    let in_image = (image_y * width + left + first - self.padding) * channels;
                    f(in_rows..in_rows + length, in_image..in_image + length);
                }
            }
        }
    }
}

/// Adds a run, written as fours: where the compiler vectorises no loops it still joins them.
#[inline(always)]
fn add(from: &[f32], to: &mut [f32]) {
    let ((from, from_rest), (to, to_rest)) = (from.as_chunks::<4>(), to.as_chunks_mut::<4>());
    for (&[a, b, c, d], [to_a, to_b, to_c, to_d]) in from.iter().zip(to) {
        *to_a += a;
        *to_b += b;
        *to_c += c;
        *to_d += d;
    }
    for (from, to) in from_rest.iter().zip(to_rest) {
        *to += from;
    }
}

/// Copies a run. Four values, a row of a 4x4 kernel on a grey image, are copied here: in WebAssembly a copy of unknown
/// length is a call into the browser.
#[inline(always)]
fn copy(from: &[f32], to: &mut [f32]) {
    if let (&[a, b, c, d], [to_a, to_b, to_c, to_d]) = (from, &mut *to) {
        (*to_a, *to_b, *to_c, *to_d) = (a, b, c, d);
    } else {
        to.copy_from_slice(from);
    }
}
