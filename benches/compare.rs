//! kmu and its peers, measured side by side in one run: `cargo bench --bench compare`.
//!
//! It prints a table of medians and ratios, and names the peers that are not
//! there. Nothing is installed, and nothing is asserted: machines differ.
//! `KMU_COMPARE_RUNS` sets how often each figure is measured (9).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use kmu::crypto::asymmetric::PrivateKey;
use kmu::crypto::curve::{CURVES, Curve};
use kmu::crypto::random::{self, Random};

const KMU: &str = env!("CARGO_BIN_EXE_kmu");
const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";
const LOGIN: &str = "loginHSM -u CU -s example_user -p example_pwd";

/// How long an operation is repeated for one figure.
const TIME: Duration = Duration::from_millis(200);

/// Lines of a bulk script.
const BULK: usize = 20_000;

/// Keys that SoftHSM2 makes for one figure.
const PEER_BULK: usize = 200;

/// Arguments with which this program makes keys in SoftHSM2.
const PEER_PAIRS: &str = "softhsm2-key-pairs";
const PEER_KEYS: &str = "softhsm2-keys";

fn main() {
    if let Some(kind) = std::env::args().nth(1).filter(|kind| kind.starts_with("softhsm2-")) {
        return peer_bulk(&kind);
    }
    let runs = std::env::var("KMU_COMPARE_RUNS").map_or(9, |runs| runs.parse().unwrap());
    let mut random = random::from_system().unwrap();
    println!("median of {runs} runs; ratios above 1 are in kmu's favour\n");
    curves(runs, &mut random);
    rsa(runs, &mut random);
    single_command(runs);
    bulk(runs);
}

fn curves(runs: usize, random: &mut Random) {
    let rates = "operations per second: kmu / OpenSSL = ratio";
    println!("{:<12}{:<34}{:<34}verify     ({rates})", "curve", "key pair / OpenSSL sign", "sign");
    for curve in &CURVES {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            ours.push(our_rates(curve, random));
            theirs.extend(openssl_rates(curve));
        }
        let column = |figures: &[[f64; 3]], at: usize| {
            median(figures.iter().map(|figures| figures[at]).collect())
        };
        print!("{:<12}", curve.openssl_name);
        for at in 0..3 {
            let (ours, theirs) = (column(&ours, at), column(&theirs, at));
            let text = match theirs {
                Some(theirs) => compared(ours.unwrap(), theirs),
                None => format!("{:.0} / not in openssl speed", ours.unwrap()),
            };
            print!("{text:<34}");
        }
        println!();
    }
}

fn compared(ours: f64, theirs: f64) -> String {
    format!("{ours:.0} / {theirs:.0} = {:.1}", ours / theirs)
}

fn our_rates(curve: &Curve, random: &mut Random) -> [f64; 3] {
    let hash = [7; 32];
    let secret = curve.generate_secret(random);
    let point = curve.public_point(&secret).unwrap();
    // The tables that long runs have are made before the clock starts.
    for _ in 0..8 {
        curve.public_point(&secret).unwrap();
    }
    let (r, s) = curve.sign_prehash(&secret, &hash, random).unwrap();
    let key = rate(|| {
        let secret = curve.generate_secret(random);
        std::hint::black_box(curve.public_point(&secret).unwrap());
    });
    let sign = rate(|| drop(std::hint::black_box(curve.sign_prehash(&secret, &hash, random))));
    let verify = rate(|| assert!(curve.verify_prehash(&point, &hash, &r, &s)));
    [key, sign, verify]
}

/// What `openssl speed` says; making a key costs it about what signing does.
fn openssl_rates(curve: &Curve) -> Option<[f64; 3]> {
    let name = curve.openssl_name;
    let name = match name {
        "prime192v1" => "ecdsap192".to_owned(),
        "prime256v1" => "ecdsap256".to_owned(),
        "secp224r1" | "secp384r1" | "secp521r1" => format!("ecdsap{}", &name[4..7]),
        _ if curve.is_binary() => {
            let family = if name.contains('k') { 'k' } else { 'b' };
            format!("ecdsa{family}{}", &name[4..7])
        }
        _ => return None,
    };
    let output = Command::new("openssl")
        .args(["speed", "-seconds", "1", "-mr", &name])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.starts_with("+F4:"))?;
    // Index, bits, signatures per second, verifications per second.
    let rates: Vec<f64> =
        line.split(':').skip(3).filter_map(|number| number.parse().ok()).collect();
    let (sign, verify) = (*rates.first()?, *rates.get(1)?);
    Some([sign, sign, verify])
}

fn rsa(runs: usize, random: &mut Random) {
    println!("\nRSA key pair, milliseconds: openssl genrsa / kmu = ratio");
    for bits in [2048, 3072, 4096] {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            ours.push(time(|| drop(PrivateKey::generate_rsa(bits, 65_537, random).unwrap())));
            let bits = bits.to_string();
            theirs.extend(run("openssl", &["genrsa", "-out", "/dev/null", &bits], &[]));
        }
        println!("{bits:<12}{}", against(ours, theirs));
    }
}

fn single_command(runs: usize) {
    println!(
        "\none P-256 key pair by one process, milliseconds: pkcs11-tool on SoftHSM2 / kmu = ratio"
    );
    let scratch = tempfile::tempdir().unwrap();
    let state = scratch.path().join("state");
    let state = state.to_str().unwrap();
    run(KMU, &["--state", state, "cluster", "init"], &[]).unwrap();
    let command = format!("--state {state} singlecmd {LOGIN} genECCKeyPair -i 2 -l x");
    let words: Vec<_> = command.split(' ').collect();
    let softhsm = softhsm(scratch.path());
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        ours.extend(run(KMU, &words, &[]));
        let tool = "--login --pin 1234 --keypairgen --key-type EC:prime256v1 --label x";
        if let Some(configuration) = &softhsm {
            let words = [&["--module", SOFTHSM][..], &tool.split(' ').collect::<Vec<_>>()].concat();
            theirs.extend(run("pkcs11-tool", &words, &[("SOFTHSM2_CONF", configuration)]));
        }
    }
    println!("{:<12}{}", "", against(ours, theirs));
}

fn bulk(runs: usize) {
    println!(
        "\n{BULK} keys by a piped script into a durable state, and {PEER_BULK} by one process \
         through PKCS#11 into a token; keys per second: kmu / SoftHSM2 = ratio"
    );
    let scratch = tempfile::tempdir().unwrap();
    let cluster = scratch.path().join("cluster.toml");
    std::fs::write(&cluster, "max_keys = 10000000\n").unwrap();
    let softhsm = softhsm(scratch.path());
    for line in ["genECCKeyPair -i 2 -l x", "genSymKey -t 31 -s 32 -l x"] {
        let theirs = softhsm.as_ref().and_then(|configuration| {
            let program = std::env::current_exe().ok()?;
            let kind = if line.starts_with("genECC") { PEER_PAIRS } else { PEER_KEYS };
            let rates = (0..runs).filter_map(|_| {
                let seconds = run(program.to_str()?, &[kind], &[("SOFTHSM2_CONF", configuration)])?;
                Some(PEER_BULK as f64 / seconds.as_secs_f64())
            });
            median(rates.collect())
        });
        let script = scratch.path().join("script");
        std::fs::write(&script, format!("{LOGIN}\n{}", format!("{line}\n").repeat(BULK))).unwrap();
        let mut rates = Vec::new();
        for number in 0..runs {
            let state = scratch.path().join(format!("state{number}"));
            let mut command = Command::new(KMU);
            command.arg("--state").arg(&state).arg("--cluster").arg(&cluster);
            command.stdin(std::fs::File::open(&script).unwrap()).stdout(Stdio::null());
            let seconds = time(|| assert!(command.status().unwrap().success())).as_secs_f64();
            rates.push(BULK as f64 / seconds);
            std::fs::remove_dir_all(state).unwrap();
        }
        let ours = median(rates).unwrap();
        match theirs {
            Some(theirs) => println!("{line:<30}{}", compared(ours, theirs)),
            None => println!("{line:<30}{ours:.0}, and the peer is not here"),
        }
    }
}

/// Makes persistent keys in the token that the environment names, through PKCS#11.
fn peer_bulk(kind: &str) {
    let pkcs11 = Pkcs11::new(SOFTHSM).unwrap();
    pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
    let slot = pkcs11.get_slots_with_initialized_token().unwrap()[0];
    let session = pkcs11.open_rw_session(slot).unwrap();
    session.login(UserType::User, Some(&AuthPin::new("1234".into()))).unwrap();
    let label = || Attribute::Label(b"x".to_vec());
    // The DER of the name prime256v1.
    let curve = vec![0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let public = [Attribute::Token(true), label(), Attribute::EcParams(curve)];
    let private = [Attribute::Token(true), label()];
    let secret = [Attribute::Token(true), label(), Attribute::ValueLen(32.into())];
    for _ in 0..PEER_BULK {
        if kind == PEER_PAIRS {
            session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private).unwrap();
        } else {
            session.generate_key(&Mechanism::AesKeyGen, &secret).unwrap();
        }
    }
}

/// Initializes a token, and returns the file that says where it is.
fn softhsm(directory: &Path) -> Option<String> {
    if !Path::new(SOFTHSM).exists() {
        return None;
    }
    let (file, tokens) = (directory.join("softhsm2.conf"), directory.join("tokens"));
    std::fs::create_dir(&tokens).ok()?;
    std::fs::write(&file, format!("directories.tokendir = {}\n", tokens.display())).ok()?;
    let file = file.to_str()?.to_owned();
    let words = "--init-token --free --label t --so-pin 1234 --pin 1234";
    let words: Vec<_> = words.split(' ').collect();
    run("softhsm2-util", &words, &[("SOFTHSM2_CONF", &file)])?;
    Some(file)
}

/// The wall time of a program that succeeds; nothing if it is not there or fails.
fn run(program: &str, words: &[&str], environment: &[(&str, &str)]) -> Option<Duration> {
    let mut command = Command::new(program);
    command.args(words).envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().ok()?;
    status.success().then(|| start.elapsed())
}

fn time(action: impl FnOnce()) -> Duration {
    let start = Instant::now();
    action();
    start.elapsed()
}

/// How often an operation is done in a second.
fn rate(mut operation: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < TIME {
        operation();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn against(ours: Vec<Duration>, theirs: Vec<Duration>) -> String {
    let milliseconds = |times: Vec<Duration>| {
        median(times.into_iter().map(|time| time.as_secs_f64() * 1000.0).collect())
    };
    let ours = milliseconds(ours).expect("kmu ran");
    match milliseconds(theirs) {
        Some(theirs) => format!("{theirs:.1} / {ours:.1} = {:.1}", theirs / ours),
        None => format!("{ours:.1}, and the peer is not here"),
    }
}

fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}
