//! Wrapped keys without kmu's header: every mechanism, with every length of its
//! key, hash, tag and vector, for keys of several kinds, in both directions.

use crate::support::{Scratch, openssl};
use crate::tools::{ADDITIONAL_DATA, DES3_KEY, Tool, aes_key};
use crate::{bytes, session};

/// The keys that wrap, in the order in which they are imported, from handle 6.
const AES_LENGTHS: [usize; 3] = [16, 24, 32];
const RSA_BITS: [&str; 2] = ["2048", "4096"];
const DES3: usize = 9;

const HASHES: [(&str, u32); 5] =
    [("SHA1", 2), ("SHA256", 3), ("SHA384", 4), ("SHA512", 5), ("SHA224", 6)];

/// One way to wrap: the mechanism's number, the handles that wrap and unwrap,
/// and further options.
struct Way {
    tool: Tool,
    mechanism: u32,
    wrapping: usize,
    unwrapping: usize,
    options: String,
}

/// A key to be wrapped: class, type, and its file as it is imported and exported.
struct Subject {
    class: u32,
    key_type: u32,
    file: &'static str,
    handle: usize,
}

fn ways() -> Vec<Way> {
    let mut ways = Vec::new();
    let mut way = |tool, mechanism, wrapping, unwrapping, options: String| {
        ways.push(Way { tool, mechanism, wrapping, unwrapping, options });
    };
    for (index, key) in AES_LENGTHS.into_iter().enumerate() {
        let handle = 6 + index;
        way(Tool::Rfc3394 { key, padded: true }, 4, handle, handle, String::new());
        way(Tool::Rfc3394 { key, padded: false }, 5, handle, handle, String::new());
        way(Tool::Rfc5649 { key }, 6, handle, handle, String::new());
        // Tags of every length with one length of key.
        let tags: &[usize] = if key == 32 { &[4, 8, 12, 13, 14, 15, 16] } else { &[16] };
        for &tag in tags {
            let options = format!("-aad aad -tag_size {tag}");
            way(Tool::LeadingGcm { key, tag }, 11, handle, handle, options.clone());
            for vector in [12, 16] {
                let options = format!("{options} -iv_file VECTOR");
                way(Tool::Gcm { key, tag, vector }, 10, handle, handle, options);
            }
        }
    }
    way(Tool::Tkw, 9, DES3, DES3, String::new());
    for (index, bits) in RSA_BITS.into_iter().enumerate() {
        let (public, private) = (10 + 2 * index, 11 + 2 * index);
        for (hash, number) in HASHES {
            let options = format!("-t {number}");
            way(Tool::Oaep { bits, hash }, 8, public, private, options.clone());
            for fresh in AES_LENGTHS {
                let tool = Tool::RsaAes { bits, hash, fresh };
                way(tool, 7, public, private, options.clone());
            }
        }
        way(Tool::Pkcs1 { bits }, 12, public, private, String::new());
    }
    ways
}

/// Whether the mechanism has blobs for this many bytes; the RSA ones must hold
/// it whole (RFC 8017 sections 7.1.1 and 7.2.1).
fn holds(tool: Tool, length: usize) -> bool {
    let modulus = |bits: &str| bits.parse::<usize>().unwrap() / 8;
    match tool {
        Tool::Rfc3394 { padded: false, .. } => length.is_multiple_of(8),
        Tool::Tkw => length.is_multiple_of(4) && length < 100,
        Tool::Oaep { bits, hash } => {
            let digest = if hash == "SHA1" { 160 } else { hash[3..].parse::<usize>().unwrap() };
            length + 2 * digest / 8 + 2 <= modulus(bits)
        }
        Tool::Pkcs1 { bits } => length + 11 <= modulus(bits),
        _ => true,
    }
}

/// Writes the keys that wrap and are wrapped, and the lines that import them.
fn prepare(scratch: &Scratch) -> (String, Vec<Subject>) {
    let directory = scratch.path("");
    let mut lines = String::new();
    for length in AES_LENGTHS {
        scratch.write(&format!("aes{length}"), aes_key(length));
        lines += &format!("imSymKey -f aes{length} -t 31 -l wrapping -w 4\n");
    }
    scratch.write("des3", DES3_KEY);
    lines += "imSymKey -f des3 -t 21 -l wrapping -w 4\n";
    for bits in RSA_BITS {
        let (private, public) = (format!("rsa{bits}.pem"), format!("rsa{bits}.pub"));
        openssl(&directory, &["genrsa", "-out", &private, bits]);
        openssl(&directory, &["rsa", "-in", &private, "-pubout", "-out", &public]);
        lines += &format!(
            "importPubKey -f {public} -l wrapping\nimportPrivateKey -f {private} -l wrapping -w 4\n"
        );
    }
    scratch.write("aad", ADDITIONAL_DATA);
    // AES, triple DES, a generic secret whose length is a multiple of nothing, EC and RSA.
    let mut subjects = Vec::new();
    for (class, key_type, file) in [
        (4, 31, "secret32"),
        (4, 21, "secret24"),
        (4, 16, "secret45"),
        (3, 3, "ec.pem"),
        (3, 0, "rsa.pem"),
    ] {
        match file {
            "ec.pem" => {
                openssl(&directory, &["ecparam", "-name", "sect409k1", "-genkey", "-out", "ec"]);
                openssl(&directory, &["pkcs8", "-topk8", "-nocrypt", "-in", "ec", "-out", file]);
            }
            // A fixed key: the length of a fresh one varies, and with it what mechanisms can wrap it.
            "rsa.pem" => drop(scratch.write(file, include_str!("../keys/rsa.pem"))),
            secret => {
                let length = secret.trim_start_matches("secret");
                openssl(&directory, &["rand", "-out", file, length]);
            }
        }
        lines += &if class == 4 {
            format!("imSymKey -f {file} -t {key_type} -l x -w 4\n")
        } else {
            format!("importPrivateKey -f {file} -l x -w 4\n")
        };
        let handle = 14 + subjects.len();
        subjects.push(Subject { class, key_type, file, handle });
    }
    (lines, subjects)
}

/// The bytes that are wrapped: the secret itself, or PKCS#8.
fn plaintext(scratch: &Scratch, subject: &Subject) -> Vec<u8> {
    if subject.class == 4 {
        return bytes(scratch, subject.file);
    }
    let convert = ["pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-out", "plain.der"];
    openssl(&scratch.path(""), &[&convert[..], &["-in", subject.file]].concat());
    bytes(scratch, "plain.der")
}

/// All of it; how many combinations there were.
pub fn both_ways() -> usize {
    let scratch = Scratch::new();
    let (mut lines, subjects) = prepare(&scratch);
    let ways = ways();
    let mut done = Vec::new();
    let mut handle = 14 + subjects.len();
    for subject in &subjects {
        let plaintext = plaintext(&scratch, subject);
        for way in ways.iter().filter(|way| holds(way.tool, plaintext.len())) {
            let at = done.len();
            let Way { mechanism, wrapping, unwrapping, options, .. } = way;
            let (blob, vector) = way.tool.seal(&scratch, &plaintext);
            scratch.write(&format!("{at}.theirs"), &blob);
            scratch.write(&format!("{at}.vector"), &vector);
            let (class, key_type) = (subject.class, subject.key_type);
            let export = if class == 4 { "exSymKey" } else { "exportPrivateKey" };
            let theirs = options.replace("VECTOR", &format!("{at}.vector"));
            let ours = options.replace("VECTOR", &format!("{at}.drawn"));
            lines += &format!(
                "wrapKey -k {} -w {wrapping} -m {mechanism} -noheader {ours} -out {at}.ours\n\
                 unWrapKey -f {at}.theirs -w {unwrapping} -m {mechanism} -noheader {theirs} -l x -kc {class} -kt {key_type}\n\
                 {export} -k {handle} -w 4 -out {at}.opened\n",
                subject.handle
            );
            handle += 1;
            done.push((way, subject, plaintext.clone()));
        }
    }
    let output = session(&scratch, &lines);
    for (at, (way, subject, plaintext)) in done.iter().enumerate() {
        let what = format!("{:?} {}", way.tool, subject.file);
        let opened = format!("{at}.opened");
        assert!(scratch.path(&opened).exists(), "{what}: {output}");
        assert_eq!(bytes(&scratch, &opened), bytes(&scratch, subject.file), "{what}");
        let blob = bytes(&scratch, &format!("{at}.ours"));
        let drawn = format!("{at}.drawn");
        let vector =
            if way.options.contains("VECTOR") { bytes(&scratch, &drawn) } else { Vec::new() };
        scratch.write("tool.expected", plaintext);
        assert_eq!(way.tool.open(&scratch, &(blob, vector)), *plaintext, "{what}");
    }
    2 * done.len()
}
