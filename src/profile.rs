//! Which client, and which vendor's cluster, kmu stands in for.

use std::ffi::OsStr;
use std::path::Path;

use clap::ValueEnum;
use serde::Deserialize;

use crate::hsm::names::NodeId;
use crate::hsm::settings::{Firmware, Node, Settings};
use crate::output::Dialect;

/// A vendor's cluster with the client that belongs to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// AWS CloudHSM with the client of 2018: nodes from 0, FIPS mode, classic dialect
    #[default]
    AwsClassic,
    /// AWS CloudHSM with client 3: nodes from 0, FIPS mode, v3 dialect
    #[value(name = "aws-3")]
    #[serde(rename = "aws-3")]
    Aws3,
    /// Azure Cloud HSM: nodes from 1, no FIPS mode, v3 dialect
    Azure,
}

/// What a profile sets.
struct Traits {
    profile: Profile,
    dialect: Dialect,
    first_node: NodeId,
    fips_mode: bool,
}

const TRAITS: [Traits; 3] = [
    Traits {
        profile: Profile::AwsClassic,
        dialect: Dialect::Classic,
        first_node: 0,
        fips_mode: true,
    },
    Traits { profile: Profile::Aws3, dialect: Dialect::V3, first_node: 0, fips_mode: true },
    Traits { profile: Profile::Azure, dialect: Dialect::V3, first_node: 1, fips_mode: false },
];

/// The vendors' names of the program, and what kmu is when it is started under one of them.
const PROGRAMS: [(&str, Profile); 3] = [
    ("key_mgmt_util", Profile::Aws3),
    ("key_mgmt_tool", Profile::Aws3),
    ("azcloudhsm_util", Profile::Azure),
];

impl Profile {
    /// The profile of a program that is started under this name, with any
    /// directory before it and with or without an `.exe` after it.
    #[must_use]
    pub fn of_program(name: &OsStr) -> Option<Self> {
        let stem = Path::new(name).file_stem()?;
        PROGRAMS.iter().find(|(program, _)| stem == *program).map(|(_, profile)| *profile)
    }

    fn traits(self) -> &'static Traits {
        // Every profile has its row; a test sees to it.
        TRAITS.iter().find(|traits| traits.profile == self).unwrap_or(&TRAITS[0])
    }

    /// The cluster if nothing else is said about it.
    fn settings(self, dialect: Dialect) -> Settings {
        let traits = self.traits();
        let usual = Settings::default();
        let nodes = (traits.first_node..).take(usual.nodes.len()).map(Node::new).collect();
        let firmware = match dialect {
            Dialect::Classic => Firmware::First,
            Dialect::V3 => Firmware::Later,
        };
        Settings {
            nodes,
            session_node: traits.first_node,
            fips_mode: traits.fips_mode,
            firmware,
            ..usual
        }
    }
}

/// What somebody says about the profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The profile.
    pub profile: Option<Profile>,
    /// A dialect that is not the profile's own.
    pub dialect: Option<Dialect>,
}

/// What the process was told before it read anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// By its options.
    pub options: Choice,
    /// By the name that it was started under.
    pub name: Option<Profile>,
}

impl Told {
    /// The dialect, and the cluster that the profile describes, where a cluster
    /// file says this. Options go before the file, the file before the name; whoever
    /// chooses a profile chooses its dialect too, unless he names another.
    #[must_use]
    pub fn settle(&self, file: Choice) -> (Dialect, Settings) {
        let chosen = [self.options, file, Choice { profile: self.name, dialect: None }];
        let profile = chosen.iter().find_map(|choice| choice.profile).unwrap_or_default();
        let said = chosen.iter().find(|choice| **choice != Choice::default());
        let dialect = said.and_then(|choice| choice.dialect).unwrap_or(profile.traits().dialect);
        (dialect, profile.settings(dialect))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(options: Choice, file: Choice, name: &str) -> (Dialect, NodeId, bool) {
        let told = Told { options, name: Profile::of_program(OsStr::new(name)) };
        let (dialect, settings) = told.settle(file);
        (dialect, settings.nodes[0].id, settings.fips_mode)
    }

    const NOTHING: Choice = Choice { profile: None, dialect: None };
    const AZURE: Choice = Choice { profile: Some(Profile::Azure), dialect: None };
    const CLASSIC: Choice = Choice { profile: None, dialect: Some(Dialect::Classic) };
    const V3: Choice = Choice { profile: None, dialect: Some(Dialect::V3) };

    #[test]
    fn every_profile_has_its_row() {
        for profile in Profile::value_variants() {
            assert!(profile.traits().profile == *profile);
        }
    }

    #[test]
    fn the_nearest_word_counts() {
        assert_eq!(settled(NOTHING, NOTHING, "kmu"), (Dialect::Classic, 0, true));
        assert_eq!(settled(V3, NOTHING, "kmu"), (Dialect::V3, 0, true));
        assert_eq!(settled(NOTHING, V3, "kmu"), (Dialect::V3, 0, true));
        assert_eq!(settled(NOTHING, NOTHING, "/opt/x/key_mgmt_util"), (Dialect::V3, 0, true));
        assert_eq!(settled(NOTHING, NOTHING, "azcloudhsm_util.exe"), (Dialect::V3, 1, false));
        assert_eq!(settled(NOTHING, CLASSIC, "key_mgmt_util"), (Dialect::Classic, 0, true));
        assert_eq!(settled(AZURE, CLASSIC, "kmu"), (Dialect::V3, 1, false));
        assert_eq!(settled(CLASSIC, AZURE, "kmu"), (Dialect::Classic, 1, false));
        assert_eq!(settled(CLASSIC, NOTHING, "azcloudhsm_util"), (Dialect::Classic, 1, false));
    }
}
