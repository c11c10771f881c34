//! Grey images with labels, and the IDX files that MNIST comes in.

use chacha20::ChaCha8Rng;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::seeds::{Purpose, generator};
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
    /// 0 or 1, drawn once: an image is the same each time  (Larochelle & Murray 2011, §5).
    Static,
    /// 1 where the grey level is above 127, else 0.
    Threshold,
}

/// The random numbers by which grey levels become ink.
#[derive(Debug)]
pub struct Draws {
    seed: u32,
    /// Where image 0 stands in a larger set.
    first: u64,
    rng: ChaCha8Rng,
}

impl Draws {
    /// Those of `seed` for one counter: a step, or the first image of a batch. What is drawn once for all does not depend on it.
    #[must_use]
    pub fn new(seed: u32, counter: u64) -> Self {
        Self { seed, first: 0, rng: generator(seed, Purpose::Binarise, counter) }
    }

    /// The same for images the first of which stands at `first` in a larger set.
    #[must_use]
    pub fn of_part(self, first: u64) -> Self {
        Self { first, ..self }
    }

    /// Leaves out what other images draw: so many numbers of [`Pixels::draws`].
    pub(super) fn skip(&mut self, drawn: u128) {
        self.rng.set_word_pos(drawn);
    }

    /// The stream of an image alone.
    fn of_image(&self, index: usize) -> ChaCha8Rng {
        generator(self.seed, Purpose::Static, self.first + index as u64)
    }
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

    /// The images with each value at the nearest of so many levels, evenly from 0 to 255.
    #[must_use]
    pub fn with_levels(mut self, levels: u16) -> Self {
        assert!((2..=256).contains(&levels), "{levels} levels, expected 2 to 256");
        let steps = u32::from(levels) - 1;
        let nearest = |value: u32| ((value * steps + 127) / 255 * 255 + steps / 2) / steps;
        self.images.iter_mut().for_each(|value| *value = nearest(u32::from(*value)) as u8);
        self
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

    /// The values of an image, 0 or 255 where `pixels` are drawn once: those then read the same wherever the image stands.
    #[must_use]
    pub fn settled(&self, index: usize, pixels: Pixels, seed: u32) -> Vec<u8> {
        let image = self.image(index);
        if pixels != Pixels::Static {
            return image.to_vec();
        }
        let mut rng = Draws::new(seed, 0).of_image(index);
        image.iter().map(|&level| if binarise(level, &mut rng) > 0.0 { 255 } else { 0 }).collect()
    }

    /// The values of all images, one after the other.
    #[must_use]
    pub fn images(&self) -> &[u8] {
        &self.images
    }

    /// The labels, in order.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// That every label is below C = `classes`; of a model without classes any is.
    pub(super) fn check_labels(&self, classes: usize) -> Result<()> {
        let most = self.labels.iter().copied().max().unwrap_or(0);
        if classes > 0 && usize::from(most) >= classes {
            return Err(Error::Data(format!("a label is {most}, expected below {classes}")));
        }
        Ok(())
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

    /// Writes the images at `indices` into the rows of `x`, as `pixels` says; what is drawn comes from `draws`.
    ///
    /// # Shapes
    /// `x`: `[indices.len(), P]`.
    pub fn rows(
        &self,
        indices: impl Iterator<Item = usize>,
        pixels: Pixels,
        draws: &mut Draws,
        x: &mut [f32],
    ) {
        for (index, row) in indices.zip(x.chunks_exact_mut(self.pixels)) {
            pixels.read(self.image(index), index, draws, row);
        }
    }
}

impl Pixels {
    /// How many numbers of the stream that images share [`read`](Self::read) draws for one.
    pub(super) fn draws(self, image: &[u8]) -> usize {
        match self {
            Self::Grey | Self::Static | Self::Threshold => 0,
            Self::Bernoulli => image.iter().filter(|&&level| level != 0 && level != 255).count(),
        }
    }

    /// Writes what the grey levels of the image at `index` become into `x`.
    pub(super) fn read(self, image: &[u8], index: usize, draws: &mut Draws, x: &mut [f32]) {
        let pixels = x.iter_mut().zip(image);
        match self {
            Self::Grey => pixels.for_each(|(x, &level)| *x = f32::from(level) / 255.0),
            Self::Bernoulli => pixels.for_each(|(x, &level)| *x = binarise(level, &mut draws.rng)),
            Self::Static => {
                let mut rng = draws.of_image(index);
                pixels.for_each(|(x, &level)| *x = binarise(level, &mut rng));
            }
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
