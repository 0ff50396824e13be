//! What a file is, by how it begins, and what it may be called. What a client says of either is not believed.

/// The images a browser shows beside text: nothing in them runs.
pub const SHOWN: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/// Sorts of files, for an operator to refuse.
pub const SORTS: [&str; 6] = ["image", "text", "document", "archive", "program", "other"];

/// How many bytes of a file's beginning are looked at.
pub const HEAD: usize = 512;

/// A file's media type and its sort.
pub fn sniff(head: &[u8]) -> (&'static str, &'static str) {
    let at = |offset: usize, magic: &[u8]| head.get(offset..offset + magic.len()) == Some(magic);
    let is = |magic: &[u8]| head.starts_with(magic);
    // A brand of AVIF: as the main one, or among those that follow it.
    let avif = || {
        at(4, b"ftyp")
            && head.get(8..head.len().min(64)).is_some_and(|brands| brands.chunks_exact(4).any(|brand| matches!(brand, b"avif" | b"avis")))
    };
    match () {
        () if is(b"\x89PNG\r\n\x1a\n") => ("image/png", "image"),
        () if is(b"\xff\xd8\xff") => ("image/jpeg", "image"),
        () if is(b"GIF87a") || is(b"GIF89a") => ("image/gif", "image"),
        () if is(b"RIFF") && at(8, b"WEBP") => ("image/webp", "image"),
        () if avif() => ("image/avif", "image"),
        () if is(b"%PDF-") => ("application/pdf", "document"),
        () if is(b"PK\x03\x04") || is(b"PK\x05\x06") => ("application/zip", "archive"),
        () if is(b"\x1f\x8b") => ("application/gzip", "archive"),
        () if is(b"\xfd7zXZ\0") => ("application/x-xz", "archive"),
        () if is(b"\x28\xb5\x2f\xfd") => ("application/zstd", "archive"),
        () if is(b"BZh") => ("application/x-bzip2", "archive"),
        () if is(b"7z\xbc\xaf\x27\x1c") => ("application/x-7z-compressed", "archive"),
        () if at(257, b"ustar") => ("application/x-tar", "archive"),
        () if is(b"\x7fELF") && at(16, b"\x04\0") => ("application/x-core", "other"),
        () if is(b"\x7fELF") => ("application/x-executable", "program"),
        () if is(b"MZ") => ("application/vnd.microsoft.portable-executable", "program"),
        () if is(b"\xfe\xed\xfa\xce") || is(b"\xfe\xed\xfa\xcf") || is(b"\xcf\xfa\xed\xfe") || is(b"\xce\xfa\xed\xfe") => {
            ("application/x-mach-binary", "program")
        }
        () if is(b"\xca\xfe\xba\xbe") => ("application/x-mach-binary", "program"),
        () if is(b"\0asm") => ("application/wasm", "program"),
        () if is_text(head) => ("text/plain", "text"),
        () => ("application/octet-stream", "other"),
    }
}

/// Whether it reads as UTF-8 without control characters; the last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c' | '\x1b'))
}

/// Ends of names that systems run when they are opened.
const RUN: [&str; 24] = [
    "apk", "app", "bat", "cmd", "com", "cpl", "dll", "exe", "hta", "jar", "jse", "lnk", "msc", "msi", "msp", "pif", "ps1", "reg", "scf",
    "scr", "vb", "vbe", "vbs", "wsf",
];

/// Whether a system would run a file of this name when it is opened.
pub fn runs(name: &str) -> bool {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    RUN.contains(&end.as_str())
}

/// Longest name, in characters.
const NAME: usize = 120;

/// A file's name as it may be shown, kept and offered: without folders, control characters and what turns text round.
pub fn name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let good = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
    };
    let plain: String = last.chars().filter(good).map(|c| if "\"<>:|?*".contains(c) { '_' } else { c }).collect();
    let plain = plain.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if plain.is_empty() {
        return "file".to_owned();
    }
    if plain.chars().count() <= NAME {
        return plain.to_owned();
    }
    let (stem, end) = plain.rsplit_once('.').filter(|(_, end)| end.chars().count() <= 16).unwrap_or((plain, ""));
    let stem: String = stem.chars().take(NAME - 17).collect();
    if end.is_empty() { stem } else { format!("{stem}.{end}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with() {
        for (head, media) in [
            (&b"\x89PNG\r\n\x1a\n<script>"[..], "image/png"),
            (b"GIF89a/*<html>*/", "image/gif"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", "text/plain"),
            (b"<!doctype html><script>alert(1)</script>", "text/plain"),
            (b"\0\0\0\x20ftypavif\0\0\0\0", "image/avif"),
            (b"\0\0\0\x20ftypisom\0\0\0\0avc1", "application/octet-stream"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
            (b"RIFF\x10\0\0\0WAVEfmt ", "application/octet-stream"),
            (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
            (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0", "application/x-executable"),
            (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x04\0", "application/x-core"),
            ("Zeile \u{e9}\n".as_bytes(), "text/plain"),
            (&"a\u{e9}".as_bytes()[..2], "text/plain"),
            (b"\xff\xfe\0", "application/octet-stream"),
            (b"\x89PNG", "application/octet-stream"),
        ] {
            assert_eq!(sniff(head).0, media, "{head:?}");
            assert!(SORTS.contains(&sniff(head).1));
        }
        assert_eq!(sniff(b"GIF89a").1, "image");
    }

    #[test]
    fn a_name_cannot_leave_its_place_or_lie_about_its_end() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\log.txt", "log.txt"),
            ("..", "file"),
            ("", "file"),
            ("a\r\nSet-Cookie: x=1", "aSet-Cookie_ x=1"),
            ("cod\u{202e}gnp.exe", "codgnp.exe"),
            ("a\"b.png", "a_b.png"),
            (".htaccess", "htaccess"),
            ("ünï.log ", "ünï.log"),
        ] {
            assert_eq!(name(given), kept, "{given:?}");
        }
        let long = name(&format!("{}.tar.gz", "x".repeat(500)));
        assert!(long.chars().count() <= NAME && long.ends_with(".gz"), "{long}");
        assert!(runs("a.EXE") && runs("x.png.scr") && !runs("exe") && !runs("core.1234"));
    }
}
