//! What a screen says of itself: EDID, a block of 128 bytes.

/// What is told of a screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Three letters that stand for its vendor.
    pub vendor: Vec<u8>,
    /// Its name.
    pub model: Option<Vec<u8>>,
    /// Its serial number, as text.
    pub serial: Option<Vec<u8>>,
}

const BEGINNING: [u8; 8] = [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0];

/// Reads the first block from its hexadecimal digits. None where its sum is wrong.
pub fn read(digits: &[u8]) -> Option<Identity> {
    let block: Vec<u8> = digits.get(..256)?.chunks(2).map(byte).collect::<Option<_>>()?;
    let sum = block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    if block[..8] != BEGINNING || sum != 0 {
        return None;
    }
    let letters = u16::from_be_bytes([block[8], block[9]]);
    let letter = |shift: u16| b'A' - 1 + ((letters >> shift) & 31) as u8;
    let mut identity = Identity { vendor: vec![letter(10), letter(5), letter(0)], ..Identity::default() };
    for descriptor in block[54..126].chunks(18).filter(|descriptor| descriptor[..3] == [0, 0, 0]) {
        let text = || {
            let text = &descriptor[5..];
            let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
            Some(text[..end].trim_ascii().to_vec())
        };
        match descriptor[3] {
            0xfc => identity.model = text(),
            0xff => identity.serial = text(),
            _ => {}
        }
    }
    Some(identity)
}

fn byte(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::read;

    /// A block with these descriptors, its sum set right.
    fn block(descriptors: [(u8, &[u8]); 2]) -> String {
        let mut block = [0_u8; 128];
        block[..8].copy_from_slice(&super::BEGINNING);
        // `DEL`
        block[8..10].copy_from_slice(&[0x10, 0xac]);
        for (place, (kind, text)) in descriptors.iter().enumerate() {
            let at = 54 + 18 * place;
            block[at + 3] = *kind;
            block[at + 5..at + 5 + text.len()].copy_from_slice(text);
        }
        block[127] = block.iter().fold(0_u8, |sum, byte| sum.wrapping_sub(*byte));
        block.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn names_are_read() {
        let digits = block([(0xfc, b"DELL U2412M\n "), (0xff, b"ABC123\n")]);
        let identity = read(digits.as_bytes()).unwrap();
        assert_eq!(
            (&identity.vendor[..], identity.model.as_deref(), identity.serial.as_deref()),
            (&b"DEL"[..], Some(&b"DELL U2412M"[..]), Some(&b"ABC123"[..]))
        );
    }

    #[test]
    fn what_is_damaged_says_nothing() {
        let digits = block([(0xfc, b"X\n"), (0xff, b"Y\n")]);
        assert_eq!(read(&digits.as_bytes()[..200]), None);
        assert_eq!(read(digits.replace("58", "59").as_bytes()), None);
        assert_eq!(read("zz".repeat(128).as_bytes()), None);
    }
}
