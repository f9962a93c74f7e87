//! DER SEQUENCEs of INTEGERs, of which the traditional forms of keys,
//! parameters and signatures consist. All numbers are positive, big endian and
//! without leading zero bytes.

use der::asn1::UintRef;
use der::{Any, Decode, Encode, Reader, SliceReader};
use zeroize::Zeroizing;

use super::Error;

/// A number that may be secret.
pub type Number = Zeroizing<Vec<u8>>;

/// Reads a SEQUENCE of exactly so many numbers, with nothing behind it.
///
/// # Errors
/// What the der crate finds: another structure, a negative number, an encoding that is not DER.
pub fn read<const COUNT: usize>(bytes: &[u8]) -> der::Result<[Number; COUNT]> {
    let mut reader = SliceReader::new(bytes)?;
    let numbers = read_from(&mut reader)?;
    reader.finish()?;
    Ok(numbers)
}

/// Reads a SEQUENCE of exactly so many numbers, and says how many bytes it took.
///
/// # Errors
/// As [`read`].
pub fn read_prefix<const COUNT: usize>(bytes: &[u8]) -> der::Result<([Number; COUNT], usize)> {
    let mut reader = SliceReader::new(bytes)?;
    let numbers = read_from(&mut reader)?;
    Ok((numbers, usize::try_from(reader.position())?))
}

/// Reads one INTEGER, with nothing behind it.
///
/// # Errors
/// As [`read`].
pub fn read_one(bytes: &[u8]) -> der::Result<Number> {
    UintRef::from_der(bytes).map(|number| Zeroizing::new(number.as_bytes().to_vec()))
}

fn read_from<'a, const COUNT: usize>(reader: &mut SliceReader<'a>) -> der::Result<[Number; COUNT]> {
    reader.sequence(|sequence| {
        let mut numbers = std::array::from_fn(|_| Number::default());
        for number in &mut numbers {
            **number = UintRef::decode(sequence)?.as_bytes().to_vec();
        }
        Ok::<_, der::Error>(numbers)
    })
}

/// DER of an INTEGER; leading zero bytes do not matter.
///
/// # Errors
/// [`Error::Encoding`] when the number is too long for DER.
pub fn write_one(number: &[u8]) -> Result<Number, Error> {
    // The crate would write no digit at all, which is not DER.
    let number = if number.is_empty() { &[0] } else { number };
    UintRef::new(number)
        .and_then(|number| number.to_der())
        .map(Zeroizing::new)
        .map_err(|_| Error::Encoding)
}

/// DER of a SEQUENCE of numbers.
///
/// # Errors
/// [`Error::Encoding`] when they are too long for DER.
pub fn write(numbers: &[&[u8]]) -> Result<Number, Error> {
    let mut content = Number::default();
    for number in numbers {
        content.extend_from_slice(&write_one(number)?);
    }
    Any::new(der::Tag::Sequence, content.as_slice())
        .and_then(|sequence| sequence.to_der())
        .map(Zeroizing::new)
        .map_err(|_| Error::Encoding)
}

/// Bits of a number without leading zero bytes.
#[must_use]
pub fn bits(number: &[u8]) -> u32 {
    let leading = number.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(number.len() * 8).unwrap_or(u32::MAX).saturating_sub(leading)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let der = write(&[&[0, 0, 5], &[0x80], &[]]).unwrap();
        assert_eq!(*der, [0x30, 10, 2, 1, 5, 2, 2, 0, 0x80, 2, 1, 0]);
        let [first, second, third] = read(&der).unwrap();
        assert_eq!((&**first, &**second, &**third), (&[5][..], &[0x80][..], &[0][..]));
    }

    #[test]
    fn more_fewer_and_other_things_are_refused() {
        let der = write(&[&[1], &[2]]).unwrap();
        assert!(read::<1>(&der).is_err());
        assert!(read::<3>(&der).is_err());
        let longer = [&der[..], &[0]].concat();
        assert!(read::<2>(&longer).is_err());
        assert_eq!(read_prefix::<2>(&longer).unwrap().1, der.len());
        for wrong in [
            &[0x30, 3, 2, 1, 0x80][..],   // negative
            &[0x30, 4, 2, 2, 0, 1],       // a zero byte too many
            &[0x30, 0x81, 3, 2, 1, 1],    // a length in a form too long
            &[0x30, 0x80, 2, 1, 1, 0, 0], // a length that is not told
            &[0x31, 3, 2, 1, 1],
            &[0x30, 3, 4, 1, 1],
            &[0x30, 2, 2, 0],
            &[],
        ] {
            assert!(read::<1>(wrong).is_err(), "{wrong:02x?}");
        }
    }

    #[test]
    fn bits_are_counted_from_the_highest() {
        assert_eq!([&[][..], &[0], &[1], &[0xff], &[1, 0]].map(bits), [0, 0, 1, 8, 9]);
    }
}
