//! WOFF 1.0: a font whose tables are compressed one by one (W3C, 2012).

use std::io::Read;

use anyhow::{Context, Result, ensure};
use flate2::read::ZlibDecoder;

/// Bytes of WOFF's header and of a table's entry, and the same of the font inside.
const HEADER: usize = 44;
const ENTRY: usize = 20;
const FONT_HEADER: usize = 12;
const FONT_ENTRY: usize = 16;

/// The font inside of a WOFF file; any other file as it is.
pub fn unpack(file: Vec<u8>) -> Result<Vec<u8>> {
    if !file.starts_with(b"wOFF") {
        return Ok(file);
    }
    let number = |at: usize, size: usize| -> Result<usize> {
        let bytes = file.get(at..at + size).context("a WOFF file ends too early")?;
        Ok(bytes.iter().fold(0, |number, &byte| number << 8 | usize::from(byte)))
    };
    let tables = number(12, 2)?;
    let mut font = file[4..8].to_vec();
    font.extend((tables as u16).to_be_bytes());
    // Three numbers for a binary search, which nobody does.
    font.resize(FONT_HEADER + tables * FONT_ENTRY, 0);
    for table in 0..tables {
        let entry = HEADER + table * ENTRY;
        let [offset, packed, length] =
            [number(entry + 4, 4)?, number(entry + 8, 4)?, number(entry + 12, 4)?];
        let bytes = file.get(offset..offset + packed).context("a WOFF file ends too early")?;
        let start = font.len();
        if packed < length {
            ZlibDecoder::new(bytes).read_to_end(&mut font)?;
        } else {
            font.extend(bytes);
        }
        ensure!(font.len() - start == length, "a table of a WOFF file is not as long as it says");
        let place = FONT_HEADER + table * FONT_ENTRY;
        font[place..place + 4].copy_from_slice(&file[entry..entry + 4]);
        font[place + 4..place + 8].copy_from_slice(&file[entry + 16..entry + 20]);
        font[place + 8..place + 12].copy_from_slice(&(start as u32).to_be_bytes());
        font[place + 12..place + 16].copy_from_slice(&(length as u32).to_be_bytes());
        font.resize(font.len().next_multiple_of(4), 0);
    }
    Ok(font)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    #[test]
    fn a_table_comes_out_as_it_went_in() -> Result<()> {
        let table = [7_u8; 100];
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(&table)?;
        let packed = packer.finish()?;
        let mut file = vec![0; HEADER + ENTRY];
        file[..8].copy_from_slice(b"wOFFOTTO");
        file[13] = 1;
        file[HEADER..HEADER + 4].copy_from_slice(b"glyf");
        for (at, number) in [(4, HEADER + ENTRY), (8, packed.len()), (12, table.len())] {
            file[HEADER + at..HEADER + at + 4].copy_from_slice(&(number as u32).to_be_bytes());
        }
        file.extend(&packed);
        let font = unpack(file.clone())?;
        assert_eq!(&font[..6], b"OTTO\0\x01");
        assert_eq!(&font[12..16], b"glyf");
        assert_eq!(&font[28..], &table);
        file.truncate(70);
        assert!(unpack(file).is_err());
        Ok(())
    }

    #[test]
    fn another_font_stays_as_it_is() -> Result<()> {
        assert_eq!(unpack(b"OTTO".to_vec())?, b"OTTO");
        Ok(())
    }
}
