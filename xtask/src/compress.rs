//! Brotli and gzip, as a static host would store them.

use std::io::Write;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Brotli's strongest setting: the files are compressed once and sent many times.
const BROTLI_QUALITY: i32 = 11;

/// Brotli's window as a power of two: 4 MiB, more than any file of the page.
const BROTLI_WINDOW: i32 = 22;

/// `bytes` as a `.br` file.
pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters)?;
    Ok(packed)
}

/// `bytes` as a `.gz` file; without a time stamp, so that the same bytes always give the same file.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_forms_unpack_to_the_same_bytes() -> Result<()> {
        let bytes: Vec<u8> = (0..50_000_u32).map(|i| (i * i / 7 % 251) as u8).collect();
        let (mut from_brotli, mut from_gzip) = (Vec::new(), Vec::new());
        brotli::BrotliDecompress(&mut brotli(&bytes)?.as_slice(), &mut from_brotli)?;
        flate2::read::GzDecoder::new(gzip(&bytes)?.as_slice()).read_to_end(&mut from_gzip)?;
        assert_eq!(from_brotli, bytes);
        assert_eq!(from_gzip, bytes);
        Ok(())
    }
}
