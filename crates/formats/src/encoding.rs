//! Text in the encodings that files of numbers come in: UTF-8, UTF-16 with its mark, Windows-1252.

use std::borrow::Cow;

/// The text of some bytes, and what was assumed to read it; `None` where they are no text.
pub(crate) fn decode(bytes: &[u8]) -> Option<(Cow<'_, str>, Option<&'static str>)> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return Some((Cow::Owned(utf16(rest, u16::from_le_bytes)?), Some("The file is read as UTF-16.")));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return Some((Cow::Owned(utf16(rest, u16::from_be_bytes)?), Some("The file is read as UTF-16.")));
    }
    if let Some(text) = without_mark(bytes) {
        return Some((Cow::Owned(text), Some("The file is read as UTF-16, though it has no byte-order mark.")));
    }
    if bytes.contains(&0) {
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = core::str::from_utf8(bytes) {
        return Some((Cow::Borrowed(text), None));
    }
    let text: Option<String> = bytes.iter().map(|byte| windows_1252(*byte)).collect();
    Some((Cow::Owned(text?), Some("The file is no UTF-8 and is read as Windows-1252, so letters with accents may be wrong.")))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let text: String = char::decode_utf16(units.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().ok()?;
    (rest.is_empty() && !text.contains('\0')).then_some(text)
}

/// UTF-16 without a mark: of Latin text every second byte is 0, and no other.
fn without_mark(bytes: &[u8]) -> Option<String> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let unit = match bytes {
        [first, 0, ..] if *first != 0 => u16::from_le_bytes,
        [0, second, ..] if *second != 0 => u16::from_be_bytes,
        _ => return None,
    };
    let is_latin = |pair: &[u8; 2]| (1..256).contains(&unit(*pair));
    let sample = pairs.get(..64).unwrap_or(pairs);
    if sample.len() < 2 || !sample.iter().all(is_latin) {
        return None;
    }
    utf16(bytes, unit).filter(|text| is_plain(text))
}

/// Whether text has no control characters but line ends and tabs.
fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// A character of Windows code page 1252 as the WHATWG Encoding Standard has it; `None` for control characters that no text has and for
/// the five places without a character.
fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•', '–', '—', '˜',
        '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        b'\t' | b'\n' | b'\r' => Some(char::from(byte)),
        0..=0x1f | 0x7f => None,
        0x80..=0x9f => HIGH.get(usize::from(byte) - 0x80).copied().filter(|c| *c != '\0'),
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "t;Temp (°C)\n1;2,5\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let forms = [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
            [b"\xff\xfe".as_slice(), &le].concat(),
            [b"\xfe\xff".as_slice(), &be].concat(),
            le,
            be,
            latin,
        ];
        for (place, bytes) in forms.iter().enumerate() {
            let (read, note) = decode(bytes).unwrap();
            assert_eq!((read.as_ref(), note.is_some()), (text, place > 1), "{place}");
        }
        assert_eq!(decode(b"\x80 5").unwrap().0, "€ 5");
        assert!(decode(b"\x81\x01").is_none());
        assert!(decode(b"a\0b\xff").is_none());
    }
}
