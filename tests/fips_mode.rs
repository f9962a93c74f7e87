//! FIPS mode turned on over keys that were made without it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{LOGIN, Scratch};

fn run(scratch: &Scratch, fips_mode: bool, lines: &str) -> String {
    scratch.write("cluster.toml", format!("fips_mode = {fips_mode}\n"));
    let options = ["--state", "state", "--cluster", "cluster.toml"];
    let finished = scratch.run(&options, format!("{LOGIN}\n{lines}\nexit\n"));
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    finished.stdout()
}

#[test]
fn weak_keys_verify_and_leave_but_protect_nothing_new() {
    let scratch = Scratch::new();
    scratch.write("message", "message");
    // Pairs 6/7 to 10/11, then the RC4 key 12.
    run(
        &scratch,
        false,
        "genECCKeyPair -i 1 -l weak\ngenECCKeyPair -i 4 -l weak\ngenRSAKeyPair -m 1024 -e 65537 -l weak\n\
         genSymKey -t 18 -s 16 -l weak\n\
         sign -f message -k 7 -m 17 -out 7.sig\nsign -f message -k 9 -m 17 -out 9.sig\n\
         sign -f message -k 11 -m 1 -out 11.sig\nextractMaskedObject -o 7 -out masked",
    );
    let output = run(
        &scratch,
        true,
        "sign -f message -k 7 -m 17 -out no\nsign -f message -k 9 -m 17 -out no\n\
         sign -f message -k 11 -m 1 -out no\ninsertMaskedObject -f masked\n\
         wrapKey -k 12 -w 10 -m 8 -noheader -out no",
    );
    assert_eq!(output.matches("returned: 0xb3").count(), 5, "{output}");
    assert!(!scratch.path("no").exists());
    let output = run(
        &scratch,
        true,
        "verify -f message -s 7.sig -k 6 -m 17\nverify -f message -s 9.sig -k 8 -m 17\n\
         verify -f message -s 11.sig -k 10 -m 1\nexportPrivateKey -k 7 -w 4 -out 7.pem\n\
         getAttribute -o 12 -a 512 -out 12.attributes\ndeleteKey -k 12",
    );
    assert!(!output.contains("0xb3"), "{output}");
    assert_eq!(output.matches("Cfm3Verify returned: 0x00").count(), 3, "{output}");
    assert!(output.contains("Cfm3DeleteKey returned: 0x00"), "{output}");
}

#[test]
fn triple_des_with_less_than_three_keys_is_refused() {
    let scratch = Scratch::new();
    let import = "imSymKey -f des -t 21 -l x -w 4";
    // One key, one key but for parity bits, two keys in each order, three keys.
    for (key, strong) in [
        ([[2; 8], [2; 8], [2; 8]], false),
        ([[2; 8], [3; 8], [2; 8]], false),
        ([[2; 8], [4; 8], [2; 8]], false),
        ([[2; 8], [2; 8], [4; 8]], false),
        ([[2; 8], [4; 8], [7; 8]], true),
    ] {
        scratch.write("des", key.as_flattened());
        let output = run(&scratch, true, import);
        assert_eq!(output.contains("Cfm3UnWrapKey returned: 0xb3"), !strong, "{output}");
        assert_eq!(output.contains("Key Unwrapped."), strong, "{output}");
    }
    scratch.write("des", [2; 24]);
    assert!(run(&scratch, false, import).contains("Key Unwrapped.  Key Handle: 7"));
    let output = run(&scratch, true, "wrapKey -k 6 -w 7 -m 9 -out w");
    assert!(output.contains("Cfm2WrapKey returned: 0xb3"), "{output}");
}
