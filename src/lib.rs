//! kmu: an offline `key_mgmt_util`, answered by an emulated cluster of HSMs.
//!
//! Data flows one way: a line comes from [`shell`], becomes a typed request in
//! [`command`], is answered by [`hsm`] with the help of [`crypto`] and
//! [`store`], and gets its text in [`output`].

#![deny(unsafe_code)]

pub mod administration;
pub mod cli;
pub mod cluster_file;
pub mod command;
pub mod crypto;
pub mod fault_source;
pub mod fault_words;
pub mod hsm;
pub mod manual;
pub mod output;
pub mod profile;
mod read_whole;
pub mod replay;
pub mod shell;
pub mod store;
