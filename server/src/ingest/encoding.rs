//! XML bytes to text. UTF-8, UTF-16 and ISO-8859-1 are read; anything else is refused unless it is plain ASCII after all.

use super::ReadError;
use std::borrow::Cow;

/// The text of an XML document, without byte order mark.
///
/// The encoding is that of the byte order mark, else the declared one, else UTF-8.
///
/// # Errors
/// A byte sequence that is wrong in that encoding (with its place), or an encoding that is not read.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes),
        _ => match declared(bytes).map(|name| name.to_ascii_lowercase()).as_deref() {
            None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => utf8(bytes),
            Some("iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1") => {
                Ok(bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into())
            }
            Some(_) if bytes.is_ascii() => utf8(bytes),
            Some(name) => Err(ReadError::whole(format!("encoding {name:?} is not read; send UTF-8, UTF-16 or ISO-8859-1"))),
        },
    }
}

/// The name in `<?xml … encoding="NAME"?>`, if the document starts so.
fn declared(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(200)];
    let head = head.strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|two| two == b"?>")?;
    let head = std::str::from_utf8(&head[..end]).ok()?;
    let value = head.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split_once(quote).map(|(name, _)| name)
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let good = error.valid_up_to();
        let before = String::from_utf8_lossy(&bytes[..good]);
        let byte = bytes.get(good).copied().unwrap_or_default();
        ReadError::at(&before, good, format!("byte 0x{byte:02X} is not UTF-8"))
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, ReadError> {
    let pairs = bytes.chunks_exact(2);
    let odd = !pairs.remainder().is_empty();
    let mut text = String::with_capacity(bytes.len() / 2);
    for character in char::decode_utf16(pairs.map(|pair| unit([pair[0], pair[1]]))) {
        match character {
            Ok(character) => text.push(character),
            Err(error) => {
                let what = format!("0x{:04X} is half a UTF-16 character", error.unpaired_surrogate());
                return Err(ReadError::at(&text, text.len(), what));
            }
        }
    }
    if odd {
        return Err(ReadError::at(&text, text.len(), "the file ends within a UTF-16 character"));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_is_read_where_it_is_declared() {
        let text = decode(b"<?xml version='1.0' encoding='ISO-8859-1'?><a n='caf\xe9'/>").unwrap();
        assert!(text.contains("café"));
    }

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        for mark in ["\u{feff}", ""] {
            let bytes: Vec<u8> = format!("{mark}<a>ü𝄞</a>").encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(decode(&bytes).unwrap(), "<a>ü𝄞</a>");
        }
    }

    #[test]
    fn a_byte_that_is_not_utf_8_is_named_with_its_place() {
        let error = decode(b"<a>\n caf\xe9</a>").unwrap_err();
        assert_eq!((error.line, error.column, error.what.as_str()), (2, 5, "byte 0xE9 is not UTF-8"));
    }

    #[test]
    fn another_encoding_is_refused_unless_all_is_ascii() {
        assert!(decode(b"<?xml version='1.0' encoding='windows-1252'?><a/>").is_ok());
        let error = decode(b"<?xml version='1.0' encoding='windows-1252'?><a n='\x80'/>").unwrap_err();
        assert!(error.what.contains("windows-1252"));
    }
}
