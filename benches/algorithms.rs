//! The algorithms by themselves, with Criterion's statistics: `cargo bench --bench algorithms`.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::atomic::AtomicBool;

use criterion::{Criterion, criterion_group, criterion_main};
use kmu::crypto::asymmetric::PrivateKey;
use kmu::crypto::curve::CURVES;
use kmu::crypto::{dsa, random};

fn curves(criterion: &mut Criterion) {
    let mut random = random::from_system().unwrap();
    let hash = [7; 32];
    for curve in &CURVES {
        let mut group = criterion.benchmark_group(curve.openssl_name);
        let secret = curve.generate_secret(&mut random);
        let point = curve.public_point(&secret).unwrap();
        let (r, s) = curve.sign_prehash(&secret, &hash, &mut random).unwrap();
        group.bench_function("key pair", |bencher| {
            bencher.iter(|| curve.public_point(&curve.generate_secret(&mut random)).unwrap());
        });
        group.bench_function("sign", |bencher| {
            bencher.iter(|| curve.sign_prehash(&secret, black_box(&hash), &mut random).unwrap());
        });
        group.bench_function("verify", |bencher| {
            bencher.iter(|| assert!(curve.verify_prehash(&point, black_box(&hash), &r, &s)));
        });
        group.finish();
    }
}

fn primes(criterion: &mut Criterion) {
    let mut random = random::from_system().unwrap();
    let mut group = criterion.benchmark_group("primes");
    group.sample_size(10);
    for bits in [2048, 3072, 4096] {
        group.bench_function(format!("RSA {bits} key pair"), |bencher| {
            bencher.iter(|| PrivateKey::generate_rsa(bits, 65_537, &mut random).unwrap());
        });
    }
    for bits in [2048, 3072] {
        group.bench_function(format!("DSA {bits} domain parameters"), |bencher| {
            bencher.iter(|| {
                dsa::generate_parameters(bits, &mut random, &AtomicBool::new(false)).unwrap()
            });
        });
    }
    group.finish();
}

criterion_group!(algorithms, curves, primes);
criterion_main!(algorithms);
