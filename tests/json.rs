//! `--output json`: every command of the dispatch table against the schema, no
//! secret in any object, and the same handles as in text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::Validator;
use kmu::command::COMMANDS;
use serde_json::{Value, json};
use support::{LOGIN, Scratch};

/// A cluster with a user whose approvals are not asked for, outside FIPS mode, so that every command can succeed.
const CLUSTER: &str = "fips_mode = false\n";

/// The wrapping key, whose bytes no object may have; and a password that is typed wrongly.
const SECRET_KEY: &[u8; 32] = b"wrapping key that nobody may see";
const WRONG_PASSWORD: &str = "wr0ng_pwd";

/// Every command, succeeding where it can.
const SUCCESSES: &str = "
loginStatus
listUsers
getHSMInfo
getPartitionInfo
listAttributes
listECCCurveIds
Error2String -r 0xb3
loginHSM -u CU -s example_user -p example_pwd
genECCKeyPair -i 2 -l ec -attest
genRSAKeyPair -m 2048 -e 65537 -l rsa
genDSAKeyPair -m 1024 -l dsa
genSymKey -t 31 -s 32 -l aes -attest
genPBEKey -l pbe -p another_pwd -s salt -c 100
createPublicKey -l created -m c0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001 -e 65537
imSymKey -f wrapping.key -t 31 -l wrapping -w 4
importPubKey -f rsa.pub -l imported
importPrivateKey -f ec.pem -l imported -w 4
exportPubKey -k 6 -out exported.pub
exportPrivateKey -k 7 -w 4 -out exported.pem
exSymKey -k 12 -w 4 -out exported.key
wrapKey -k 12 -w 15 -out wrapped -m 4
unWrapKey -f wrapped -w 15 -m 4 -attest
wrapKey -k 17 -w 15 -out bare -m 4 -noheader -i a6a6a6a6a6a6a6a6
unWrapKey -f bare -w 15 -m 4 -noheader -l bare -kc 3 -kt 3 -i a6a6a6a6a6a6a6a6
wrapKey -k 12 -w 15 -out sized -m 5 -noheader
unWrapKeyWithSize -w 15 -f sized -t 31 -l sized -s 32 -mech 5 -i A6A6A6A6A6A6A6A6
aesWrapUnwrap -f exported.key -w 15 -m 1 -out host
aesWrapUnwrap -f host -w 15 -m 0 -out host.back
aesUnwrapPkcs8Buffer -f bare -w 15 -out pkcs8
extractMaskedObject -o 12 -out masked
deleteKey -k 12
insertMaskedObject -f masked
findKey -l imported
findSingleKey -k 6
getKeyInfo -k 7
getAttribute -o 7 -a 512 -out attributes -attest
getAttribute -o 7 -a 371 -out attribute
setAttribute -o 10 -a 1
1
sign -f message -k 7 -m 17 -out signature
verify -f message -s signature -k 6 -m 17
getCaviumPrivKey -k 9 -out fake.pem
IsValidKeyHandlefile -f fake.pem
getCert -f certificate -s 4
genECCKeyPair -i 2 -l guarded -u 4,5 -m_value 2
getToken -n 5 -k 23 -u example_user -f token
listTokens
approveToken -af template
delToken -tf token
logoutHSM
exit
";

/// Every command, failing where it can.
const FAILURES: &str = "
loginHSM -u CU -s example_user -p wr0ng_pwd
loginHSM -u CU -s example_user
logoutHSM
genECCKeyPair -i 99 -l x
genECCKeyPair -i 2 -l x
genRSAKeyPair -m 999 -e 65537 -l x
genDSAKeyPair -m 999 -l x
genSymKey -t 31 -s 32 -l x
genPBEKey -l pbe -p another_pwd -s salt -c 100
createPublicKey -l x -e 65537
imSymKey -f wrapping.key -t 31 -l wrapping -w 4
importPubKey -f message -l x
importPrivateKey -f message -l x -w 4
importPrivateKey -f missing -l x -w 4
exportPubKey -k 6 -out x
exportPrivateKey -k 7 -w 4 -out x
exSymKey -k 7 -w 4 -wk message -out x
wrapKey -k 7 -w 6 -out x
unWrapKey -f message -w 6
unWrapKeyWithSize -w 6 -f message -t 31 -l x -s 32
aesWrapUnwrap -f message -w 6 -m 1 -out x
aesUnwrapPkcs8Buffer -f message -w 6 -out x
extractMaskedObject -o 6 -out x
insertMaskedObject -f message
deleteKey -k 6
deleteKey -h
findKey -c x
findKey
findSingleKey -k 6
getKeyInfo -k 6
getAttribute -o 6 -a 512 -out x
setAttribute -o 6 -a 3
sign -f message -k 6 -m 17 -out x
verify -f message -s message -k 6 -m 17
getCaviumPrivKey -k 6 -out x
IsValidKeyHandlefile -f message
IsValidKeyHandlefile -x
getCert -f x -s 4
getToken -n 5 -k 6 -u example_user -f token
listTokens
approveToken -af missing
delToken -tf missing
Error2String
listUsers x
loginStatus x
getHSMInfo x
getPartitionInfo x
help
nothing -x
'
";

fn schema() -> Validator {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("cluster.toml", CLUSTER);
    scratch.write("wrapping.key", SECRET_KEY);
    scratch.write("message", "a message");
    scratch.write(
        "template",
        "Token File Path = token;\nMulti Token File Path = token;\nNumber of Approvals = 0;\n",
    );
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys");
    for name in ["rsa.pub", "ec.pem"] {
        scratch.write(name, std::fs::read(keys.join(name)).unwrap());
    }
    scratch
}

/// The objects of a run, each of which the schema allows.
fn objects(output: &str) -> Vec<Value> {
    let schema = schema();
    let object = |line: &str| {
        let object = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let wrong: Vec<_> = schema.iter_errors(&object).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{line}: {wrong:?}");
        check_words(&object);
        object
    };
    output.lines().map(object).collect()
}

/// A message is one line of the client's, without the result line, and a failure says something.
fn check_words(object: &Value) {
    let told = |name: &str| object[name].as_array().cloned().unwrap_or_default();
    for message in told("messages").iter().chain(&told("details")) {
        let text = message.as_str().unwrap();
        let is_line = !text.is_empty() && text.trim() == text && !text.contains(['\n', '\t']);
        assert!(is_line && !text.contains("returned"), "{object}");
    }
    let silent = told("messages").is_empty() && told("details").is_empty();
    if object["ok"] == false && object["code"].is_null() && object["result"].is_null() {
        assert!(!silent, "{object}");
    }
}

const OPTIONS: [&str; 7] =
    ["--ephemeral", "--seed", "1", "--cluster", "cluster.toml", "--output", "json"];

fn run(lines: &str) -> (Scratch, Vec<Value>) {
    let scratch = scratch();
    let output = scratch.run(&OPTIONS, lines).stdout();
    (scratch, objects(&output))
}

#[test]
fn every_command_succeeds_and_fails_as_the_schema_says() {
    let (scratch, succeeded) = run(SUCCESSES);
    let (_, failed) = run(FAILURES);
    // A line is an object, but the answer to setAttribute's question.
    assert_eq!(succeeded.len(), SUCCESSES.lines().filter(|line| !line.is_empty()).count() - 1);
    assert_eq!(failed.len(), FAILURES.lines().filter(|line| !line.is_empty()).count());
    let mut seen: BTreeMap<&str, [bool; 2]> = BTreeMap::new();
    for object in succeeded.iter().chain(&failed) {
        if let Some(command) = object["command"].as_str() {
            let seen = seen.entry(command).or_default();
            let done = object["code"] == 0;
            seen[0] |= done && object["ok"] == true;
            seen[1] |= object["ok"] == false;
        }
    }
    // These look at no words and ask nobody; and an approval without a single approver is none.
    let never_fail = ["listAttributes", "listECCCurveIds"];
    for command in COMMANDS {
        let [succeeds, fails] = seen.get(command.name()).copied().unwrap_or_default();
        assert!(succeeds || command.name() == "approveToken", "{} never succeeded", command.name());
        assert!(fails || never_fail.contains(&command.name()), "{} never failed", command.name());
    }
    let named = |name: &str| {
        failed.iter().find(|object| object["command"] == name).unwrap_or_else(|| panic!("{name}"))
    };
    assert_eq!(named("help")["result"]["commands"].as_array().unwrap().len(), COMMANDS.len());
    let unknown = json!(["there is no command of this name; help shows all"]);
    let unknown: Vec<_> = failed.iter().filter(|object| object["details"] == unknown).collect();
    // It may be a password that nobody asked for.
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0]["command"], Value::Null);
    assert!(!unknown[0].to_string().contains("nothing"));
    assert_eq!(failed.last().unwrap()["command"], Value::Null);
    assert!(scratch.path("signature").exists());
}

#[test]
fn what_the_client_says_is_told_line_by_line() {
    let lines = format!(
        "{LOGIN}\ngenECCKeyPair -i 2 -l x\ngenRSAKeyPair -m 2048 -e 65537 -l x\n\
         sign -f message -k 9 -m 3 -out signature\nsign -f message -k 9 -m 17 -out x\n\
         verify -f message -s message -k 8 -m 17\nverify -f message -s message -k 6 -m 17\n\
         verify -f message -s message -k 8 -m 1\nverify -f rsa.pub -s signature -k 8 -m 3\n\
         verify -f message -s signature -k 8 -m 3\nverify -f message -s signature -k 8 -m 8\n\
         importPubKey -f message -l x\nfindSingleKey\ndelToken\nfindKey -id a -idx 61\n\
         getCaviumPrivKey -k 6 -out z\ngenRSAKeyPair -m_value 0\nunWrapKeyWithSize -f message -w 4 -t 31 -s 16 -l x\n\
         genSymKey -t 31 -s 16 -l x -min_srv 5\n"
    );
    let told = |dialect: &str| {
        let scratch = scratch();
        let options = ["--ephemeral", "--dialect", dialect, "--output", "json"];
        let output = scratch.run(&options, &lines).stdout();
        let fields = |object: &Value| {
            ["code", "messages", "details", "result"].map(|name| object[name].clone())
        };
        objects(&output)[4..].iter().map(fields).collect::<Vec<_>>()
    };
    let classic = told("classic");
    assert_eq!(told("v3"), classic);
    let expected = [
        json!([
            50,
            ["Unsupported hash type/provided key not valid for signature mechanism"],
            null,
            null
        ]),
        json!([
            50,
            ["Unsupported hash type/provided key not valid for verification mechanism"],
            null,
            null
        ]),
        json!([27, ["Invalid signature"], null, { "valid": false }]),
        json!([27, ["Invalid signature length"], null, { "valid": false }]),
        json!([27, ["Failed to verify signature"], null, { "valid": false }]),
        json!([0, null, null, { "valid": true }]),
        json!([27, null, null, { "valid": false }]),
        json!([
            53,
            ["Failed to read Public Key from file message"],
            ["message: there is no PEM key of the kind that is needed in it"],
            null
        ]),
        json!([null, null, ["-k is missing"], null]),
        json!([null, null, ["either -tf or -f is needed"], null]),
        json!([null, null, ["-id and -idx exclude each other"], null]),
        json!([
            53,
            [
                "Input key handle should be RSA/ECDSA private key handle",
                "Error in writing private key file"
            ],
            null,
            null
        ]),
        json!([null, ["Invalid m_value.", "Valid m_value range is 1 to 8"], null, null]),
        json!([
            190,
            [
                "Warning: IV (-i) is missing.",
                "0xA6A6A6A6A6A6A6A6/0x0 is considered as default IV based on fw ver",
                "Warning: Mechanism for wrap/unwrap is missing.",
                "NIST_AES_WRAP_NO_PAD is the default mechanishm",
                "WARN template option is missing.",
                "so unwrapping key without template.",
            ],
            ["the wrapped key does not open with this wrapping key"],
            null
        ]),
        json!([0, [
            "Not a valid min_srv count, please check the number of servers in cluster !!",
            "Key generation succesful in all servers 3 present in the cluster",
        ], null, { "handle": 10, "servers": 3 }]),
    ];
    assert_eq!(classic.len(), expected.len());
    for (told, expected) in classic.iter().zip(&expected) {
        assert_eq!(json!(told), *expected);
    }
}

#[test]
fn values_are_those_of_the_text() {
    let (scratch, objects) = run(SUCCESSES);
    let result = |command: &str| {
        let object = objects.iter().find(|object| object["command"] == command).unwrap();
        &object["result"]
    };
    let pair = result("genECCKeyPair");
    assert_eq!(
        (&pair["public_handle"], &pair["private_handle"], &pair["attested"]),
        (&json!(6), &json!(7), &json!(true))
    );
    assert_eq!(result("findKey"), &json!({ "count": 2, "handles": [16, 17] }));
    assert_eq!(result("verify"), &json!({ "valid": true }));
    assert_eq!(result("loginStatus"), &json!({ "user_type": null }));
    let check_value = result("getAttribute")["attributes"]["OBJ_ATTR_KCV"].as_str().unwrap();
    assert_eq!(scratch.read("attribute"), format!("OBJ_ATTR_KCV\n0x{check_value}\n"));
    let steps = objects.iter().find(|object| object["command"] == "importPrivateKey").unwrap();
    let names: Vec<_> =
        steps["steps"].as_array().unwrap().iter().map(|step| &step["step"]).collect();
    assert_eq!(names, ["wrap", "template", "unwrap"]);
}

#[test]
fn no_object_has_a_secret() {
    let scratch = scratch();
    let mut printed = String::new();
    for lines in [SUCCESSES, FAILURES] {
        printed += &scratch.run(&OPTIONS, lines).stdout();
    }
    let private = scratch.read("exported.pem");
    let base64: String = private.lines().filter(|line| !line.starts_with('-')).collect();
    let exported = std::fs::read(scratch.path("exported.key")).unwrap();
    let pkcs8 = std::fs::read(scratch.path("pkcs8")).unwrap();
    let printed_in_lower_case = printed.to_lowercase();
    for secret in [&SECRET_KEY[..], &exported, &pkcs8[pkcs8.len() / 2..]] {
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!printed_in_lower_case.contains(&hex));
    }
    let secrets = ["example_pwd", WRONG_PASSWORD, "another_pwd", "nobody may see", &base64[40..80]];
    for secret in secrets {
        assert!(!printed.contains(secret), "{secret}");
    }
}

#[test]
fn polling_and_rolling_back_are_lists() {
    let scratch = Scratch::new();
    let options = ["--ephemeral", "--clock", "virtual", "--output", "json"];
    let fault = ["--fault", "node 2 synchronization_delay 5000"];
    let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l x -min_srv 3 -timeout 1\nfindKey\n");
    let output = scratch.run(&[&options[..], &fault].concat(), lines).stdout();
    let [_, made, found] = objects(&output).try_into().unwrap();
    assert_eq!(made["polls"].as_array().unwrap().len(), 4);
    assert_eq!(made["polls"][3]["key"], "public");
    assert_eq!(made["polls"][3]["second"], 1);
    assert_eq!(made["rollback"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&made["result"]["public_handle"], &found["result"]["count"]),
        (&json!(6), &json!(0))
    );
}

#[test]
fn every_way_to_run_prints_objects_alone() {
    let scratch = Scratch::new();
    let json = ["--ephemeral", "--dialect", "v3", "--echo", "--output", "json"];
    let run = |more: &[&str]| scratch.run(&[&json[..], more].concat(), "");
    let single: Vec<_> =
        "singlecmd".split(' ').chain(LOGIN.split(' ')).chain(["findKey"]).collect();
    let names = |output: &str| {
        objects(output).iter().map(|object| object["command"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&run(&single).stdout()), ["loginHSM", "findKey"]);
    let explained = objects(&run(&["singlecmd", "help", "findKey"]).stdout());
    assert_eq!(explained[0]["result"]["example"].as_array().unwrap().len(), 4);
    scratch.write(
        "script",
        format!("# comment\n\n{LOGIN}\nshell echo no\ngenSymKey -t 31 -s 16 -l x\nexit\n"),
    );
    let script = run(&["scriptfile", "script"]).stdout();
    assert_eq!(names(&script), [json!("loginHSM"), Value::Null, json!("genSymKey"), json!("exit")]);
    assert_eq!(names(&run(&["scriptfile", "missing"]).stdout()), [Value::Null]);
    assert_eq!(names(&run(&["findKey"]).stdout()), [Value::Null]);
    let unreachable = run(&["--fault", "unreachable"]);
    assert_eq!((unreachable.status(), names(&unreachable.stdout())), (255, vec![Value::Null]));
    std::fs::create_dir(scratch.path("directory")).unwrap();
    for words in
        [&["scriptfile", "directory"][..], &["--cluster", "none"], &["--faults", "directory"]]
    {
        let failed = run(words);
        let object = objects(&failed.stdout());
        assert_eq!((object.len(), &object[0]["ok"]), (1, &json!(false)), "{words:?}");
        assert!(failed.stderr().contains(object[0]["messages"][0].as_str().unwrap()), "{words:?}");
        assert_ne!(failed.status(), 0, "{words:?}");
    }
    let nothing = objects(&run(&["singlecmd"]).stdout());
    assert_eq!(nothing[0]["messages"], json!(["singlecmd needs a command"]));
    let record = run(&["record", "session"]);
    assert_eq!((record.status(), record.stdout()), (255, String::new()));
    assert!(!scratch.path("session").exists());
}

#[test]
fn groups_print_their_objects_in_order() {
    let scratch = Scratch::new();
    let lines: String =
        (0..500).map(|number| format!("genECCKeyPair -i 2 -l k{number}\n")).collect();
    let options = ["--output", "json", "--state", "state"];
    let output = scratch.run(&options, format!("{LOGIN}\n{lines}")).stdout();
    let objects = objects(&output);
    let handles: Vec<_> = objects[1..]
        .iter()
        .map(|object| object["result"]["private_handle"].as_u64().unwrap())
        .collect();
    assert_eq!(handles, (0..500).map(|number| 7 + 2 * number).collect::<Vec<_>>());
}

#[test]
fn the_documentation_has_objects_of_the_schema_and_names_every_command() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    let text = std::fs::read_to_string(file).unwrap();
    let examples: Vec<_> = text.lines().filter(|line| line.starts_with('{')).collect();
    let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l x\nfindKey -l x\n");
    let printed = Scratch::new().run(&["--ephemeral", "--output", "json"], lines).stdout();
    assert_eq!(printed.lines().collect::<Vec<_>>(), examples);
    for command in COMMANDS {
        assert!(text.contains(command.name()), "{}", command.name());
    }
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let schema = schema();
    let good = json!({ "schema": 1, "command": "verify", "ok": true, "code": 0, "text": "x", "result": { "valid": true } });
    assert!(schema.is_valid(&good));
    let changes: [fn(&mut Value); 6] = [
        |object| object["schema"] = json!(2),
        |object| object["code"] = json!("0x00"),
        |object| object["result"] = json!({}),
        |object| object["result"]["valid"] = json!("yes"),
        |object| object["result"]["password"] = json!("secret"),
        |object| object["text"] = Value::Null,
    ];
    for change in changes {
        let mut wrong = good.clone();
        change(&mut wrong);
        assert!(!schema.is_valid(&wrong), "{wrong}");
    }
}
