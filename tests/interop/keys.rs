//! Key files: PKCS#8, PKCS#1, SEC 1, OpenSSL's DSA form, SubjectPublicKeyInfo, raw bytes.

use kmu::crypto::curve::CURVES;

use crate::support::{Scratch, openssl};
use crate::{bytes, session};

/// The DSA sizes, and the RSA sizes; OpenSSL makes the longer ones slowly.
const DSA_BITS: [&str; 3] = ["1024", "2048", "3072"];
const RSA_BITS: [&str; 4] = ["1024", "2048", "3072", "4096"];

/// How openssl writes a key of some form: the form's name and the arguments
/// between `-in` and `-out`.
type Form = (&'static str, &'static [&'static str]);

const PRIVATE_FORMS: [Form; 1] = [("pkcs8", &["pkcs8", "-topk8", "-nocrypt"])];
const PUBLIC_FORMS: [Form; 1] = [("spki", &["pkey", "-pubout"])];

const RSA_PRIVATE: [Form; 1] = [("pkcs1", &["rsa", "-traditional"])];
const RSA_PUBLIC: [Form; 1] = [("pkcs1", &["rsa", "-RSAPublicKey_out"])];

const DSA_PRIVATE: [Form; 1] = [("dsa", &["pkey", "-traditional"])];

const EC_PRIVATE: [Form; 6] = [
    ("sec1", &["ec"]),
    ("sec1-without-public", &["ec", "-no_public"]),
    ("sec1-compressed", &["ec", "-conv_form", "compressed"]),
    ("sec1-hybrid", &["ec", "-conv_form", "hybrid"]),
    ("pkcs8-compressed", &["pkey", "-ec_conv_form", "compressed"]),
    ("pkcs8-hybrid", &["pkey", "-ec_conv_form", "hybrid"]),
];
const EC_PUBLIC: [Form; 2] = [
    ("compressed", &["ec", "-pubout", "-conv_form", "compressed"]),
    ("hybrid", &["ec", "-pubout", "-conv_form", "hybrid"]),
];

/// Makes `NAME.pem` for each key of the table, and says which forms it has besides the common ones.
fn make(scratch: &Scratch) -> Vec<(String, &'static [Form], &'static [Form])> {
    let directory = scratch.path("");
    let mut keys: Vec<(String, &[Form], &[Form])> = Vec::new();
    for curve in &CURVES {
        let name = curve.openssl_name;
        // With a block of parameters in front, as it is by default.
        let file = format!("{name}.pem");
        openssl(&directory, &["ecparam", "-name", name, "-genkey", "-out", &file]);
        keys.push((name.to_owned(), &EC_PRIVATE, &EC_PUBLIC));
    }
    for bits in RSA_BITS {
        openssl(&directory, &["genrsa", "-out", &format!("rsa{bits}.pem"), bits]);
        keys.push((format!("rsa{bits}"), &RSA_PRIVATE, &RSA_PUBLIC));
    }
    for bits in DSA_BITS {
        openssl(&directory, &["dsaparam", "-out", "parameters", bits]);
        openssl(&directory, &["gendsa", "-out", &format!("dsa{bits}.pem"), "parameters"]);
        keys.push((format!("dsa{bits}"), &DSA_PRIVATE, &[]));
    }
    keys
}

/// Every key of openssl in every form: imported, exported, and the same again.
pub fn imported() -> usize {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    let keys = make(&scratch);
    let mut lines = String::new();
    let mut handle = 6;
    let mut expected = Vec::new();
    for (name, private, public) in &keys {
        let source = format!("{name}.pem");
        let sides = [
            ("private", &PRIVATE_FORMS[..], private, "importPrivateKey", "exportPrivateKey"),
            ("public", &PUBLIC_FORMS[..], public, "importPubKey", "exportPubKey"),
        ];
        for (side, common, own, import, export) in sides {
            let wrapping = if side == "private" { "-w 4" } else { "" };
            let canonical = format!("{name}-{side}-{}", common[0].0);
            let as_made: &[Form] = if side == "private" { &[("as-made", &[])] } else { &[] };
            for (form, arguments) in common.iter().chain(*own).chain(as_made) {
                let file = format!("{name}-{side}-{form}");
                if arguments.is_empty() {
                    std::fs::copy(scratch.path(&source), scratch.path(&file)).unwrap();
                } else {
                    let files = ["-in", &source, "-out", &file];
                    openssl(&directory, &[arguments, &files[..]].concat());
                }
                lines += &format!(
                    "{import} -f {file} -l x {wrapping}\n\
                     {export} -k {handle} {wrapping} -out {file}.out\n"
                );
                expected.push((file, canonical.clone()));
                handle += 1;
            }
        }
    }
    let output = session(&scratch, &lines);
    for (file, canonical) in &expected {
        assert!(scratch.path(&format!("{file}.out")).exists(), "{file}: {output}");
        let (ours, theirs) = (format!("{file}.out"), canonical);
        assert_eq!(scratch.read(&ours), scratch.read(theirs), "{file}");
    }
    expected.len()
}

/// Every kind of pair that kmu generates: openssl checks it, finds the same
/// public half, and writes both halves with the same bytes.
pub fn generated() -> usize {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    let mut pairs: Vec<(String, String)> = Vec::new();
    for curve in &CURVES {
        let name = format!("ASN1 OID: {}", curve.openssl_name);
        pairs.push((format!("genECCKeyPair -i {}", curve.id), name));
    }
    for bits in RSA_BITS {
        pairs
            .push((format!("genRSAKeyPair -m {bits} -e 65537"), format!("({bits} bit, 2 primes)")));
    }
    for bits in DSA_BITS {
        pairs.push((format!("genDSAKeyPair -m {bits}"), format!("({bits} bit)")));
    }
    let mut lines = String::new();
    for (index, (command, _)) in pairs.iter().enumerate() {
        let (public, private) = (6 + 2 * index, 7 + 2 * index);
        lines += &format!(
            "{command} -l x\n\
             exportPrivateKey -k {private} -w 4 -out {index}.pem\n\
             exportPubKey -k {public} -out {index}.pub\n"
        );
    }
    let output = session(&scratch, &lines);
    for (index, (command, description)) in pairs.iter().enumerate() {
        let (private, public) = (format!("{index}.pem"), format!("{index}.pub"));
        assert!(scratch.path(&private).exists() && scratch.path(&public).exists(), "{output}");
        let text = openssl(&directory, &["pkey", "-in", &private, "-check", "-noout", "-text"]);
        assert!(text.contains("Key is valid"), "{command}: {text}");
        assert!(text.contains(description), "{command}: {text}");
        openssl(&directory, &["pkey", "-pubin", "-in", &public, "-pubcheck", "-noout"]);
        openssl(&directory, &["pkey", "-in", &private, "-pubout", "-out", "theirs"]);
        assert_eq!(scratch.read(&public), scratch.read("theirs"), "{command}");
        let again = ["pkcs8", "-topk8", "-nocrypt", "-in", &private, "-out", "theirs"];
        openssl(&directory, &again);
        assert_eq!(scratch.read(&private), scratch.read("theirs"), "{command}");
    }
    2 * pairs.len()
}

/// Secret keys of every type: random bytes of openssl go in and come out, and
/// those that kmu generates encrypt a block in openssl to their check value.
pub fn secret() -> usize {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    let kinds = [
        (31, "16", "-aes-128-ecb"),
        (31, "24", "-aes-192-ecb"),
        (31, "32", "-aes-256-ecb"),
        (21, "24", "-des-ede3"),
        (16, "1", ""),
        (16, "3584", ""),
        (18, "1", ""),
        (18, "256", ""),
    ];
    let mut lines = String::new();
    for (index, (key_type, length, _)) in kinds.iter().enumerate() {
        openssl(&directory, &["rand", "-out", &format!("{index}.in"), length]);
        let (imported, generated) = (6 + 2 * index, 7 + 2 * index);
        lines += &format!(
            "imSymKey -f {index}.in -t {key_type} -l x -w 4\n\
             exSymKey -k {imported} -w 4 -out {index}.out\n\
             genSymKey -t {key_type} -s {length} -l x\n\
             exSymKey -k {generated} -w 4 -out {index}.made\n\
             getAttribute -o {generated} -a 371 -out {index}.kcv\n"
        );
    }
    let output = session(&scratch, &lines);
    scratch.write("zeros", [0; 16]);
    for (index, (_, length, cipher)) in kinds.iter().enumerate() {
        assert!(scratch.path(&format!("{index}.kcv")).exists(), "{output}");
        let [given, returned, made] =
            ["in", "out", "made"].map(|end| bytes(&scratch, &format!("{index}.{end}")));
        assert_eq!(given, returned);
        assert_eq!(made.len().to_string(), *length);
        let digits: String = made.iter().map(|byte| format!("{byte:02x}")).collect();
        if cipher.is_empty() {
            let file = format!("{index}.made");
            openssl(&directory, &["dgst", "-sha1", "-binary", "-out", "block", &file]);
        } else {
            let key = ["enc", cipher, "-nopad", "-K", &digits, "-in", "zeros", "-out", "block"];
            openssl(&directory, &key);
        }
        let block = bytes(&scratch, "block");
        let expected = format!("0x{:02x}{:02x}{:02x}\n", block[0], block[1], block[2]);
        let found = scratch.read(&format!("{index}.kcv"));
        assert!(found.ends_with(&expected), "{cipher} {length}: {found} {expected}");
    }
    2 * kinds.len()
}
