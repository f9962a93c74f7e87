//! Reading a file whole, without more memory than its length is allowed to take.

use std::fs::File;
use std::io::{self, Read};

use zeroize::Zeroizing;

/// What a file holds, up to a byte more than the `limit`, by which one that is
/// too long is told. It is read in one piece: bytes that never move leave no
/// copy of a secret behind.
///
/// # Errors
/// What the system says.
pub fn read_whole(file: File, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let length = file.metadata()?.len().min(limit) as usize;
    let mut content = Zeroizing::new(Vec::with_capacity(length + 1));
    file.take(limit + 1).read_to_end(&mut content)?;
    Ok(content)
}
