//! The safetensors container: 8 bytes of length, that many bytes of JSON, then the tensors' bytes.
//!
//! Read and written here through one untyped JSON value, because the `safetensors` crate's typed reader alone would take
//! a third of the page's budget for WebAssembly; the tests hold both directions against that crate.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::KEY;
use crate::error::{Error, Result};

/// The header's one entry that is no tensor.
const METADATA: &str = "__metadata__";

/// A header longer than this is refused, as the format says.
const LONGEST_HEADER: usize = 100_000_000;

/// How a tensor's numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dtype {
    F32,
    F16,
    I8,
}

impl Dtype {
    fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::I8 => "I8",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::F32, Self::F16, Self::I8].into_iter().find(|dtype| dtype.name() == name)
    }

    fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
            Self::I8 => 1,
        }
    }
}

/// A tensor's bytes and what they are.
pub(super) struct View<'a> {
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    pub(super) bytes: &'a [u8],
}

/// A tensor to be written.
pub(super) struct Stored {
    pub(super) name: String,
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<usize>,
    pub(super) bytes: Vec<u8>,
}

/// An open file: its header, and the tensors' bytes.
pub(super) struct Container<'a> {
    entries: Map<String, Value>,
    body: &'a [u8],
    /// The value of the metadata's [`KEY`].
    pub(super) record: String,
}

impl<'a> Container<'a> {
    /// Reads the header.
    pub(super) fn open(file: &'a [u8]) -> Result<Self> {
        let no_file = |why: &str| {
            Error::Weights(format!(
                "expected a safetensors file, got {} bytes of something else: {why}",
                file.len()
            ))
        };
        let Some((length, rest)) = file.split_first_chunk::<8>() else {
            return Err(no_file("it is too short for a header"));
        };
        let length = u64::from_le_bytes(*length);
        let length = usize::try_from(length).ok().filter(|&length| length <= LONGEST_HEADER);
        let Some((header, body)) = length.and_then(|length| rest.split_at_checked(length)) else {
            return Err(no_file("its header is longer than the file, or the file was cut short"));
        };
        let header: Value =
            serde_json::from_slice(header).map_err(|error| no_file(&error.to_string()))?;
        let Value::Object(entries) = header else {
            return Err(no_file("its header is no JSON object"));
        };
        let record =
            entries.get(METADATA).and_then(|metadata| metadata.get(KEY)).and_then(Value::as_str);
        let Some(record) = record.map(str::to_owned) else {
            let message = format!(
                "the file has no \"{KEY}\" metadata: it holds tensors, but not which model they make"
            );
            return Err(Error::Weights(message));
        };
        Ok(Self { entries, body, record })
    }

    /// How many tensors there are.
    pub(super) fn len(&self) -> usize {
        self.entries.keys().filter(|key| *key != METADATA).count()
    }

    /// That the tensors lie end to end from first to last byte, as the format says: no byte is two tensors' or nobody's.
    ///
    /// Without sorting, which would be 8 KB of WebAssembly for a dozen numbers.
    pub(super) fn check_covered(&self) -> Result<()> {
        let ranges: Vec<(usize, usize)> = (self.entries.iter())
            .filter(|(key, _)| *key != METADATA)
            .filter_map(|(_, entry)| match counts(&entry["data_offsets"])?[..] {
                [first, end] if first < end => Some((first, end)),
                _ => None,
            })
            .collect();
        // Saturating: an entry that nobody asked for may claim any length.
        let lengths = ranges.iter().map(|(first, end)| end - first);
        let total = lengths.fold(0, usize::saturating_add);
        let mut covered = 0;
        while let Some(&(_, end)) = ranges.iter().find(|(first, _)| *first == covered) {
            covered = end;
        }
        if (covered, total) == (self.body.len(), self.body.len()) {
            return Ok(());
        }
        Err(Error::Weights(format!(
            "the tensors overlap or leave a gap: they take {total} bytes and lie end to end up to byte {covered}, but {} \
             follow the header",
            self.body.len()
        )))
    }

    /// One tensor.
    pub(super) fn tensor(&self, name: &str) -> Result<View<'a>> {
        let entry = self.entries.get(name).ok_or_else(|| {
            Error::Weights(format!("tensor \"{name}\" is missing, this config needs it"))
        })?;
        let lies =
            |what: &str| Error::Weights(format!("the header's entry for tensor \"{name}\" {what}"));
        let dtype = entry["dtype"].as_str().ok_or_else(|| lies("has no dtype"))?;
        let dtype = Dtype::from_name(dtype).ok_or_else(|| {
            Error::Weights(format!(
                "tensor \"{name}\" is stored as {dtype}, expected F32, F16 or I8"
            ))
        })?;
        let shape = counts(&entry["shape"]).ok_or_else(|| lies("has no shape"))?;
        let range = match counts(&entry["data_offsets"]).as_deref() {
            Some(&[first, end]) => first..end,
            _ => return Err(lies("has no data_offsets")),
        };
        let needed =
            shape.iter().try_fold(dtype.bytes(), |product, &size| product.checked_mul(size));
        if needed != range.end.checked_sub(range.start) {
            return Err(lies("gives it more or fewer bytes than its shape needs"));
        }
        let Range { start, end } = range;
        let bytes = self.body.get(start..end).ok_or_else(|| {
            let length = self.body.len();
            lies(&format!(
                "ends at byte {end}, but only {length} follow the header: the file was cut short"
            ))
        })?;
        Ok(View { dtype, shape, bytes })
    }

    /// The bytes of this file with another record.
    pub(super) fn with_record(&self, record: String) -> Vec<u8> {
        let mut entries = self.entries.clone();
        entries.insert(METADATA.into(), json!({ KEY: record }));
        let mut file = start(entries, self.body.len());
        file.extend(self.body);
        file
    }
}

/// A list of whole numbers.
fn counts(value: &Value) -> Option<Vec<usize>> {
    value.as_array()?.iter().map(|size| size.as_u64()?.try_into().ok()).collect()
}

/// The bytes of a file with these tensors, in this order, and this record.
pub(super) fn write(tensors: &[Stored], record: String) -> Vec<u8> {
    let mut header = Map::new();
    header.insert(METADATA.into(), json!({ KEY: record }));
    let mut end = 0;
    for Stored { name, dtype, shape, bytes } in tensors {
        let start = end;
        end += bytes.len();
        let entry = json!({ "dtype": dtype.name(), "shape": shape, "data_offsets": [start, end] });
        header.insert(name.clone(), entry);
    }
    let mut file = start(header, end);
    for tensor in tensors {
        file.extend(&tensor.bytes);
    }
    file
}

/// The length and the header of a file; there is room for `body` bytes after them.
fn start(header: Map<String, Value>, body: usize) -> Vec<u8> {
    let mut header = Value::Object(header).to_string().into_bytes();
    // The body starts on 8 bytes, so that readers may map it.
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut file = Vec::with_capacity(8 + header.len() + body);
    file.extend((header.len() as u64).to_le_bytes());
    file.extend(header);
    file
}
