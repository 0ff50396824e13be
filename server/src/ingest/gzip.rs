//! Packed input: recognised by its first bytes and never unpacked past a bound.

use super::ReadError;
use flate2::bufread::MultiGzDecoder;
use std::{borrow::Cow, io::Read};

/// Whether the bytes are gzip.
pub fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The bytes as they are, or unpacked if they are gzip.
///
/// # Errors
/// Damaged gzip, and contents of more than `most` bytes.
pub fn unpack(bytes: &[u8], most: usize) -> Result<Cow<'_, [u8]>, ReadError> {
    let too_large = || ReadError::whole(format!("the input has more than {most} bytes"));
    if !is_packed(bytes) {
        return if bytes.len() > most { Err(too_large()) } else { Ok(bytes.into()) };
    }
    let mut out = Vec::new();
    // One byte more than allowed tells "exactly full" from "too large".
    let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(bytes).take(bound).read_to_end(&mut out).map_err(|error| ReadError::whole(format!("damaged gzip: {error}")))?;
    if out.len() > most { Err(too_large()) } else { Ok(out.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn plain_and_packed_bytes_come_out_the_same() {
        assert_eq!(unpack(b"plain", 5).unwrap().as_ref(), b"plain");
        assert_eq!(unpack(&packed(b"plain"), 5).unwrap().as_ref(), b"plain");
    }

    #[test]
    fn a_small_file_that_unpacks_to_much_is_refused() {
        assert!(unpack(&packed(&[0; 100_000]), 1000).unwrap_err().what.contains("more than 1000"));
    }

    #[test]
    fn damaged_gzip_is_an_error() {
        let whole = packed(b"some text that is long enough to be cut");
        assert!(unpack(&whole[..whole.len() - 6], 1000).is_err());
    }
}
