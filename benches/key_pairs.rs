//! Makes key pairs and nothing else, to have their instructions counted
//! (`benches/instructions`): CURVE COUNT. Without arguments, it lists the curves.
#![allow(missing_docs, clippy::unwrap_used)]

use kmu::crypto::curve::CURVES;
use kmu::crypto::random;

fn main() {
    // What `cargo bench` passes to every benchmark.
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    let Some(name) = arguments.next() else {
        CURVES.iter().for_each(|curve| println!("{}", curve.openssl_name));
        return;
    };
    let count: usize = arguments.next().unwrap().parse().unwrap();
    let curve = CURVES.iter().find(|curve| curve.openssl_name == name).unwrap();
    let mut random = random::from_seed(1, 0);
    // The tables that long runs have.
    for _ in 0..8 {
        curve.public_point(&curve.generate_secret(&mut random)).unwrap();
    }
    for _ in 0..count {
        std::hint::black_box(curve.public_point(&curve.generate_secret(&mut random)).unwrap());
    }
}
