//! Zip archives, as far as NumPy's .npz files use them: stored and deflated members, found by the central directory.
//!
//! Source of the format: PKWARE's APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.

use std::borrow::Cow;

use crate::detect;
use crate::error::{shown, FormatError};

const END: &[u8] = b"PK\x05\x06";
const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
/// Bytes of the record at the end without its comment, of a central header and of a local one without their names.
const END_BYTES: usize = 22;
const CENTRAL_BYTES: usize = 46;
const LOCAL_BYTES: usize = 30;
/// The longest comment there can be.
const COMMENT_BYTES: usize = 0xffff;
/// Members of an archive.
const MOST_ENTRIES: usize = 4096;

/// A member of an archive.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub name: String,
    method: u16,
    encrypted: bool,
    checksum: u32,
    compressed: usize,
    size: usize,
    at: usize,
}

/// An archive, whose members are unpacked when they are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
}

fn damaged() -> FormatError {
    FormatError::damaged("The zip archive is cut off or damaged; save or download it again.")
}

fn u16_at(bytes: &[u8], at: usize) -> Result<usize, FormatError> {
    let pair = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()).ok_or_else(damaged)?;
    Ok(usize::from(u16::from_le_bytes(*pair)))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, FormatError> {
    let four = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or_else(damaged)?;
    Ok(u32::from_le_bytes(*four))
}

impl<'a> Archive<'a> {
    /// Reads the list of members.
    ///
    /// # Errors
    /// The archive is cut off or damaged, or has too many members.
    pub fn open(bytes: &'a [u8]) -> Result<Self, FormatError> {
        let from = bytes.len().saturating_sub(END_BYTES + COMMENT_BYTES);
        let tail = bytes.get(from..).unwrap_or_default();
        let end = tail.windows(END.len()).rposition(|window| window == END).ok_or_else(damaged)? + from;
        // The length of the comment, which ends the archive.
        if end + END_BYTES + u16_at(bytes, end + 20)? > bytes.len() {
            return Err(damaged());
        }
        let count = u16_at(bytes, end + 10)?;
        if count > MOST_ENTRIES {
            return Err(FormatError::too_large(format!("The zip archive has {count} members; at most {MOST_ENTRIES} are accepted.")));
        }
        let mut at = u32_at(bytes, end + 16)? as usize;
        let mut entries = Vec::new();
        for _ in 0..count {
            let header = bytes.get(at..).filter(|header| header.starts_with(CENTRAL)).ok_or_else(damaged)?;
            let (name, extra, comment) = (u16_at(header, 28)?, u16_at(header, 30)?, u16_at(header, 32)?);
            let text = header.get(CENTRAL_BYTES..CENTRAL_BYTES + name).ok_or_else(damaged)?;
            entries.push(Entry {
                name: String::from_utf8_lossy(text).into_owned(),
                method: u16_at(header, 10)? as u16,
                encrypted: u16_at(header, 8)? & 1 == 1,
                checksum: u32_at(header, 16)?,
                compressed: u32_at(header, 20)? as usize,
                size: u32_at(header, 24)? as usize,
                at: u32_at(header, 42)? as usize,
            });
            at += CENTRAL_BYTES + name + extra + comment;
        }
        Ok(Self { bytes, entries })
    }

    /// The members, in the archive's order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Unpacks a member.
    ///
    /// # Errors
    /// It is damaged, encrypted, too large, or compressed in another way than by deflate.
    pub fn read(&self, entry: &Entry) -> Result<Cow<'a, [u8]>, FormatError> {
        detect::check_file_size(entry.size.max(1) as u64)?;
        let header = self.bytes.get(entry.at..).filter(|header| header.starts_with(LOCAL)).ok_or_else(damaged)?;
        let start = LOCAL_BYTES + u16_at(header, 26)? + u16_at(header, 28)?;
        let data = start.checked_add(entry.compressed).and_then(|end| header.get(start..end)).ok_or_else(damaged)?;
        if entry.encrypted || !matches!(entry.method, 0 | 8) {
            return Err(FormatError::unsupported(format!(
                "The member \"{}\" of the zip archive is encrypted or compressed in an unusual way; numpy.savez and numpy.savez_compressed \
                 write what is accepted.",
                shown(&entry.name)
            )));
        }
        let unpacked = match entry.method {
            0 => Cow::Borrowed(data),
            _ => Cow::Owned(miniz_oxide::inflate::decompress_to_vec_with_limit(data, entry.size).map_err(|_| damaged())?),
        };
        if unpacked.len() != entry.size || checksum(&unpacked) != entry.checksum {
            return Err(damaged());
        }
        Ok(unpacked)
    }
}

/// CRC-32 (ISO 3309), a table entry for each value of a byte.
fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    !bytes.iter().fold(!0_u32, |sum, byte| {
        let place = (sum ^ u32::from(*byte)) & 0xff;
        TABLE.get(place as usize).copied().unwrap_or_default() ^ (sum >> 8)
    })
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut value, mut bit) = (byte as u32, 0);
        while bit < 8 {
            value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_the_standard_one() {
        assert_eq!(super::checksum(b"123456789"), 0xcbf4_3926);
    }
}
