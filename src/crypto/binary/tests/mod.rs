//! Tests that take more than one of the module's files.

mod group;
mod interface;
