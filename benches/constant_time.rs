//! Whether the time of what touches a secret depends on it, in the style of
//! dudect (Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?", 2017):
//! `cargo bench --bench constant_time`.
//!
//! Two classes of scalars, one with a fixed value of few bits and one of random
//! values, are multiplied in random order; Welch's t says how far their times lie
//! apart. Beyond 4.5 they differ, beyond 10 surely. What the system does to a
//! process in between makes long times, so the longest tenth is left out.
#![allow(missing_docs, clippy::unwrap_used)]

use std::time::Instant;

use kmu::crypto::curve::CURVES;
use kmu::crypto::random;
use rand_core::Rng;

const MEASUREMENTS: usize = 20_000;

fn main() {
    let mut random = random::from_system().unwrap();
    println!(
        "Welch's t of {MEASUREMENTS} multiples: a fixed scalar of few bits against random ones"
    );
    for curve in CURVES.iter().filter(|curve| curve.is_binary()) {
        let mut fixed = curve.generate_secret(&mut random);
        fixed.fill(0);
        *fixed.last_mut().unwrap() = 3;
        let mut scalar = fixed.clone();
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..MEASUREMENTS {
            let class = (random.next_u32() & 1) as usize;
            // Both classes draw and copy to the same place, so that both find the
            // same caches and addresses: these can be seen in the times.
            let drawn = curve.generate_secret(&mut random);
            scalar.copy_from_slice([&fixed, &drawn][class]);
            drop(drawn);
            let start = Instant::now();
            std::hint::black_box(curve.public_point(&scalar).unwrap());
            times[class].push(start.elapsed().as_nanos() as f64);
        }
        println!("{:<12}{:6.1}", curve.openssl_name, welch(times));
    }
}

fn welch(times: [Vec<f64>; 2]) -> f64 {
    let mut all = times.concat();
    all.sort_by(f64::total_cmp);
    let longest = all[all.len() * 9 / 10];
    let [left, right] = times.map(|times| {
        let times: Vec<f64> = times.into_iter().filter(|time| *time <= longest).collect();
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    });
    (left.0 - right.0) / (left.1 + right.1).sqrt()
}
