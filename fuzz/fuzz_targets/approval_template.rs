#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kmu_fuzz::approval_template(data));
