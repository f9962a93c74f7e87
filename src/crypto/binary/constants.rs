//! The domain parameters of the ten curves: SEC 2 v1.0 section 3 (v2.0 section 3
//! without sect163r1 and sect239k1), FIPS 186-4 appendix D.1.3. Numbers are
//! hexadecimal, as `openssl ecparam -name NAME -text -noout -param_enc explicit`
//! (OpenSSL 3.0.19) prints them. The fields are in [`super::field`].

use super::curve::Curve;

/// What a standard says of the curve y² + xy = x³ + ax² + b, in hexadecimal.
pub(super) struct Constants {
    /// The coefficient a, which is 0 or 1 on all of them.
    pub(super) a: &'static str,
    /// The coefficient b, which is 1 on the Koblitz curves.
    pub(super) b: &'static str,
    /// The base point's x coordinate.
    pub(super) generator_x: &'static str,
    /// The base point's y coordinate.
    pub(super) generator_y: &'static str,
    /// The prime order n of the base point.
    pub(super) order: &'static str,
}

/// Reads words, the least significant first, in hexadecimal. For constants: a
/// wrong digit or too many of them is an error of compilation.
pub(super) const fn words_from_hex<const WORDS: usize>(digits: &str) -> [u64; WORDS] {
    let digits = digits.as_bytes();
    let mut words = [0; WORDS];
    let mut i = 0;
    while i < digits.len() {
        let digit = digits[digits.len() - 1 - i];
        assert!(digit.is_ascii_hexdigit());
        let value = if digit <= b'9' { digit - b'0' } else { (digit | 0x20) - b'a' + 10 };
        words[i / 16] |= (value as u64) << (4 * (i % 16));
        i += 1;
    }
    words
}

/// `sect163k1`, which FIPS 186-4 calls K-163.
pub(super) static SECT163K1: Curve<3> = Curve::from_hex(Constants {
    a: "1",
    b: "1",
    generator_x: "02fe13c0537bbc11acaa07d793de4e6d5e5c94eee8",
    generator_y: "0289070fb05d38ff58321f2e800536d538ccdaa3d9",
    order: "4000000000000000000020108a2e0cc0d99f8a5ef",
});

/// `sect163r2`, which FIPS 186-4 calls B-163.
pub(super) static SECT163R2: Curve<3> = Curve::from_hex(Constants {
    a: "1",
    b: "20a601907b8c953ca1481eb10512f78744a3205fd",
    generator_x: "03f0eba16286a2d57ea0991168d4994637e8343e36",
    generator_y: "00d51fbc6c71a0094fa2cdd545b11c5c0c797324f1",
    order: "40000000000000000000292fe77e70c12a4234c33",
});

/// `sect233k1`, which FIPS 186-4 calls K-233.
pub(super) static SECT233K1: Curve<4> = Curve::from_hex(Constants {
    a: "0",
    b: "1",
    generator_x: "017232ba853a7e731af129f22ff4149563a419c26bf50a4c9d6eefad6126",
    generator_y: "01db537dece819b7f70f555a67c427a8cd9bf18aeb9b56e0c11056fae6a3",
    order: "8000000000000000000000000000069d5bb915bcd46efb1ad5f173abdf",
});

/// `sect233r1`, which FIPS 186-4 calls B-233.
pub(super) static SECT233R1: Curve<4> = Curve::from_hex(Constants {
    a: "1",
    b: "66647ede6c332c7f8c0923bb58213b333b20e9ce4281fe115f7d8f90ad",
    generator_x: "00fac9dfcbac8313bb2139f1bb755fef65bc391f8b36f8f8eb7371fd558b",
    generator_y: "01006a08a41903350678e58528bebf8a0beff867a7ca36716f7e01f81052",
    order: "1000000000000000000000000000013e974e72f8a6922031d2603cfe0d7",
});

/// `sect283k1`, which FIPS 186-4 calls K-283.
pub(super) static SECT283K1: Curve<5> = Curve::from_hex(Constants {
    a: "0",
    b: "1",
    generator_x: "0503213f78ca44883f1a3b8162f188e553cd265f23c1567a16876913b0c2ac2458492836",
    generator_y: "01ccda380f1c9e318d90f95d07e5426fe87e45c0e8184698e45962364e34116177dd2259",
    order: "1ffffffffffffffffffffffffffffffffffe9ae2ed07577265dff7f94451e061e163c61",
});

/// `sect283r1`, which FIPS 186-4 calls B-283.
pub(super) static SECT283R1: Curve<5> = Curve::from_hex(Constants {
    a: "1",
    b: "27b680ac8b8596da5a4af8a19a0303fca97fd7645309fa2a581485af6263e313b79a2f5",
    generator_x: "05f939258db7dd90e1934f8c70b0dfec2eed25b8557eac9c80e2e198f8cdbecd86b12053",
    generator_y: "03676854fe24141cb98fe6d4b20d02b4516ff702350eddb0826779c813f0df45be8112f4",
    order: "3ffffffffffffffffffffffffffffffffffef90399660fc938a90165b042a7cefadb307",
});

/// `sect409k1`, which FIPS 186-4 calls K-409.
pub(super) static SECT409K1: Curve<7> = Curve::from_hex(Constants {
    a: "0",
    b: "1",
    generator_x: "0060f05f658f49c1ad3ab1890f7184210efd0987e307c84c27accfb8f9f67cc2c460189eb5aaaa62ee222eb1b35540cfe9023746",
    generator_y: "01e369050b7c4e42acba1dacbf04299c3460782f918ea427e6325165e9ea10e3da5f6c42e9c55215aa9ca27a5863ec48d8e0286b",
    order: "7ffffffffffffffffffffffffffffffffffffffffffffffffffe5f83b2d4ea20400ec4557d5ed3e3e7ca5b4b5c83b8e01e5fcf",
});

/// `sect409r1`, which FIPS 186-4 calls B-409.
pub(super) static SECT409R1: Curve<7> = Curve::from_hex(Constants {
    a: "1",
    b: "21a5c2c8ee9feb5c4b9a753b7b476b7fd6422ef1f3dd674761fa99d6ac27c8a9a197b272822f6cd57a55aa4f50ae317b13545f",
    generator_x: "015d4860d088ddb3496b0c6064756260441cde4af1771d4db01ffe5b34e59703dc255a868a1180515603aeab60794e54bb7996a7",
    generator_y: "0061b1cfab6be5f32bbfa78324ed106a7636b9c5a7bd198d0158aa4f5488d08f38514f1fdf4b4f40d2181b3681c364ba0273c706",
    order: "10000000000000000000000000000000000000000000000000001e2aad6a612f33307be5fa47c3c9e052f838164cd37d9a21173",
});

/// `sect571k1`, which FIPS 186-4 calls K-571.
pub(super) static SECT571K1: Curve<9> = Curve::from_hex(Constants {
    a: "0",
    b: "1",
    generator_x: "026eb7a859923fbc82189631f8103fe4ac9ca2970012d5d46024804801841ca44370958493b205e647da304db4ceb08cbbd1ba39494776fb988b47174dca88c7e2945283a01c8972",
    generator_y: "0349dc807f4fbf374f4aeade3bca95314dd58cec9f307a54ffc61efc006d8a2c9d4979c0ac44aea74fbebbb9f772aedcb620b01a7ba7af1b320430c8591984f601cd4c143ef1c7a3",
    order: "20000000000000000000000000000000000000000000000000000000000000000000000131850e1f19a63e4b391a8db917f4138b630d84be5d639381e91deb45cfe778f637c1001",
});

/// `sect571r1`, which FIPS 186-4 calls B-571.
pub(super) static SECT571R1: Curve<9> = Curve::from_hex(Constants {
    a: "1",
    b: "2f40e7e2221f295de297117b7f3d62f5c6a97ffcb8ceff1cd6ba8ce4a9a18ad84ffabbd8efa59332be7ad6756a66e294afd185a78ff12aa520e4de739baca0c7ffeff7f2955727a",
    generator_x: "0303001d34b856296c16c0d40d3cd7750a93d1d2955fa80aa5f40fc8db7b2abdbde53950f4c0d293cdd711a35b67fb1499ae60038614f1394abfa3b4c850d927e1e7769c8eec2d19",
    generator_y: "037bf27342da639b6dccfffeb73d69d78c6c27a6009cbbca1980f8533921e8a684423e43bab08a576291af8f461bb2a8b3531d2f0485c19b16e2f1516e23dd3c1a4827af1b8ac15b",
    order: "3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe661ce18ff55987308059b186823851ec7dd9ca1161de93d5174d66e8382e9bb2fe84e47",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_fills_words_from_the_right() {
        assert_eq!(words_from_hex("fE00000000000000ab"), [0xab, 0xfe]);
    }
}
