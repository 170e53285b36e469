//! A PNG file without compression: enough for the few pixels of a heatmap inside an SVG document.

/// An RGBA image as a PNG; `None` where it has no pixels, or not as many as its size says.
pub fn encode(width: usize, height: usize, rgba: &[u8]) -> Option<Vec<u8>> {
    if width == 0 || height == 0 || rgba.len() != 4 * width * height {
        return None;
    }
    let mut header = Vec::with_capacity(13);
    header.extend(u32::try_from(width).ok()?.to_be_bytes());
    header.extend(u32::try_from(height).ok()?.to_be_bytes());
    // Eight bits a channel, RGBA, not interlaced.
    header.extend([8, 6, 0, 0, 0]);
    // Every row begins with its filter: none.
    let rows: Vec<u8> = rgba.chunks_exact(4 * width).flat_map(|row| std::iter::once(0).chain(row.iter().copied())).collect();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"IDAT", &stored(&rows));
    chunk(&mut png, *b"IEND", &[]);
    Some(png)
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let start = png.len();
    png.extend(kind);
    png.extend(data);
    let sum = crc32(&png[start..]);
    png.extend(sum.to_be_bytes());
}

/// A zlib stream of stored blocks.
fn stored(data: &[u8]) -> Vec<u8> {
    const MOST: usize = 65_535;
    let mut zlib = vec![0x78, 0x01];
    let blocks = data.len().div_ceil(MOST);
    for (index, block) in data.chunks(MOST).enumerate() {
        let length = block.len() as u16;
        zlib.push(u8::from(index + 1 == blocks));
        zlib.extend(length.to_le_bytes());
        zlib.extend((!length).to_le_bytes());
        zlib.extend(block);
    }
    zlib.extend(adler32(data).to_be_bytes());
    zlib
}

fn crc32(data: &[u8]) -> u32 {
    !data
        .iter()
        .fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 }))
}

fn adler32(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    (high << 16) | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_those_of_their_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b"IEND"), 0xae42_6082);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn long_data_is_stored_in_several_blocks_of_which_the_last_says_so() {
        let zlib = stored(&vec![7; 65_536]);
        assert_eq!(zlib.len(), 2 + 5 + 65_535 + 5 + 1 + 4);
        assert_eq!((zlib[2], zlib[2 + 5 + 65_535]), (0, 1));
    }

    #[test]
    fn a_size_that_does_not_fit_its_pixels_is_no_image() {
        assert_eq!(encode(0, 3, &[]), None);
        assert_eq!(encode(2, 2, &[0; 12]), None);
        assert_eq!(encode(2, 2, &[0; 16]).map(|png| png.len()), Some(8 + 25 + (12 + 2 + 5 + 18 + 4) + 12));
    }
}
