//! Grey images with labels, and the IDX files that MNIST comes in.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Grey images of one size, 0 to 255, with a label each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    images: Vec<u8>,
    labels: Vec<u8>,
    pixels: usize,
}

/// What a pixel becomes before the network sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pixels {
    /// The grey level, in 0..=1.
    Grey,
    /// 0 or 1, drawn anew each time with the grey level as probability (Burda et al. 2016, §5).
    Bernoulli,
    /// 1 where the grey level is above 127, else 0.
    Threshold,
}

impl Dataset {
    /// Reads the two IDX files of a set: images (magic 2051) and labels (magic 2049).
    ///
    /// # Errors
    /// [`Error::Data`] with what was expected, what came and in which file.
    pub fn from_idx(images: &[u8], labels: &[u8]) -> Result<Self> {
        let ([count, height, width], images) = idx("images", 2051, images)?;
        let ([label_count], labels) = idx("labels", 2049, labels)?;
        if count != label_count {
            return Err(Error::Data(format!("there are {count} images but {label_count} labels")));
        }
        if count == 0 || height * width == 0 {
            return Err(Error::Data(format!(
                "images: {count} images of {height}x{width} hold nothing"
            )));
        }
        Ok(Self { images: images.to_vec(), labels: labels.to_vec(), pixels: height * width })
    }

    /// Images of `pixels` values each, one after the other, and the label of each.
    ///
    /// # Errors
    /// [`Error::Data`] where there is none, or not as many pixels as the labels ask for.
    pub fn new(images: Vec<u8>, labels: Vec<u8>, pixels: usize) -> Result<Self> {
        let (count, got) = (labels.len(), images.len());
        if count == 0 || pixels == 0 || count.checked_mul(pixels) != Some(got) {
            return Err(Error::Data(format!(
                "{count} labels and images of {pixels} values need {count} x {pixels} values, {got} came"
            )));
        }
        Ok(Self { images, labels, pixels })
    }

    /// The images at `indices`, in that order.
    #[must_use]
    pub fn subset(&self, indices: &[usize]) -> Self {
        Self {
            images: indices.iter().flat_map(|&index| self.image(index)).copied().collect(),
            labels: indices.iter().map(|&index| self.labels[index]).collect(),
            pixels: self.pixels,
        }
    }

    /// How many images there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// P, the number of values in an image.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.pixels
    }

    /// The grey levels of an image.
    #[must_use]
    pub fn image(&self, index: usize) -> &[u8] {
        &self.images[index * self.pixels..][..self.pixels]
    }

    /// The labels, in order.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The mean image, in 0..=1.
    #[must_use]
    pub fn mean(&self) -> Vec<f32> {
        let mut sums = vec![0_u64; self.pixels];
        for image in self.images.chunks_exact(self.pixels) {
            sums.iter_mut().zip(image).for_each(|(sum, &level)| *sum += u64::from(level));
        }
        sums.iter().map(|&sum| (sum as f64 / (255.0 * self.len() as f64)) as f32).collect()
    }

    /// Writes the images at `indices` into the rows of `x`, as `pixels` says; `rng` is used for Bernoulli draws.
    ///
    /// # Shapes
    /// `x`: `[indices.len(), P]`.
    pub fn rows(
        &self,
        indices: impl Iterator<Item = usize>,
        pixels: Pixels,
        rng: &mut impl Rng,
        x: &mut [f32],
    ) {
        for (index, row) in indices.zip(x.chunks_exact_mut(self.pixels)) {
            pixels.read(self.image(index), rng, row);
        }
    }
}

impl Pixels {
    /// How many numbers [`read`](Self::read) draws for an image.
    pub(super) fn draws(self, image: &[u8]) -> usize {
        match self {
            Self::Grey | Self::Threshold => 0,
            Self::Bernoulli => image.iter().filter(|&&level| level != 0 && level != 255).count(),
        }
    }

    /// Writes what the grey levels of an image become into `x`; `rng` is used for Bernoulli draws.
    pub(super) fn read(self, image: &[u8], rng: &mut impl Rng, x: &mut [f32]) {
        let pixels = x.iter_mut().zip(image);
        match self {
            Self::Grey => pixels.for_each(|(x, &level)| *x = f32::from(level) / 255.0),
            Self::Bernoulli => pixels.for_each(|(x, &level)| *x = binarise(level, rng)),
            Self::Threshold => pixels.for_each(|(x, &level)| *x = f32::from(u8::from(level > 127))),
        }
    }
}

/// 1 with probability `level / 255`, else 0; black and white draw nothing.
pub fn binarise(level: u8, rng: &mut impl Rng) -> f32 {
    let is_ink = match level {
        0 => false,
        255 => true,
        // A uniform integer in 0..255.
        _ => (u64::from(rng.next_u32()) * 255) >> 32 < u64::from(level),
    };
    f32::from(u8::from(is_ink))
}

/// The sizes and bytes of an IDX file of unsigned bytes.
fn idx<'a, const AXES: usize>(
    what: &str,
    magic: u32,
    file: &'a [u8],
) -> Result<([usize; AXES], &'a [u8])> {
    let header = 4 + 4 * AXES;
    let Some((head, body)) = file.split_at_checked(header) else {
        let message = format!("{what}: {} bytes, an IDX header alone needs {header}", file.len());
        return Err(Error::Data(message));
    };
    let (numbers, _) = head.as_chunks::<4>();
    let found = u32::from_be_bytes(numbers[0]);
    if found != magic {
        let hint =
            if head.starts_with(&[0x1f, 0x8b]) { " (this is gzip: unpack it first)" } else { "" };
        let message =
            format!("{what}: the file starts with {found}, expected the magic {magic}{hint}");
        return Err(Error::Data(message));
    }
    let sizes: [usize; AXES] =
        std::array::from_fn(|axis| u32::from_be_bytes(numbers[axis + 1]) as usize);
    let expected = sizes.iter().try_fold(1_usize, |product, &size| product.checked_mul(size));
    if expected != Some(body.len()) {
        let sizes = sizes.map(|size| size.to_string()).join(" x ");
        let message = format!("{what}: the header says {sizes} bytes, {} follow it", body.len());
        return Err(Error::Data(message));
    }
    Ok((sizes, body))
}
