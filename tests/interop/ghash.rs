//! GHASH (SP 800-38D section 6.4) by its definition, bit by bit: the one part
//! of AES-GCM that the openssl command does not give.

/// The product of two blocks in GCM's field (algorithm 1 of the standard).
fn multiply(left: u128, right: u128) -> u128 {
    let (mut product, mut power) = (0, right);
    for bit in (0..128).rev() {
        if left >> bit & 1 == 1 {
            product ^= power;
        }
        let carry = power & 1;
        power >>= 1;
        if carry == 1 {
            power ^= 0xe1 << 120;
        }
    }
    product
}

/// GHASH of several strings, each filled up to whole blocks with zeros.
pub fn ghash(key: [u8; 16], strings: &[&[u8]]) -> [u8; 16] {
    let key = u128::from_be_bytes(key);
    let blocks = strings.iter().flat_map(|string| string.chunks(16));
    let hash = blocks.fold(0, |hash, chunk| {
        let mut block = [0; 16];
        block[..chunk.len()].copy_from_slice(chunk);
        multiply(hash ^ u128::from_be_bytes(block), key)
    });
    hash.to_be_bytes()
}
