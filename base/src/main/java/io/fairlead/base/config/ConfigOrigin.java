package io.fairlead.base.config;

import io.fairlead.base.yaml.YamlPlace;

/** Where an effective value comes from; later ones win: default, file, environment, flag. */
public sealed interface ConfigOrigin {
    /** The program's own value. */
    record Default() implements ConfigOrigin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** A place in the configuration file. */
    record InFile(String file, YamlPlace place) implements ConfigOrigin {
        @Override
        public String toString() {
            return file + ":" + place;
        }
    }

    /** An environment variable. */
    record Variable(String name) implements ConfigOrigin {
        @Override
        public String toString() {
            return "environment variable " + name;
        }
    }

    /** An option of the command line. */
    record Flag(String name) implements ConfigOrigin {
        @Override
        public String toString() {
            return "option " + name;
        }
    }
}
