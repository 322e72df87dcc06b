package io.fairlead.agentcfg.text;

import io.fairlead.agentcfg.CiAccessAsCF;
import io.fairlead.agentcfg.CiAccessCF;
import io.fairlead.agentcfg.ConfigurationFile;
import io.fairlead.agentcfg.ExtraKeyValCF;
import io.fairlead.agentcfg.UserAccessCF;
import io.fairlead.base.error.FairleadException;
import io.fairlead.base.yaml.YamlPlace;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an agent's {@code config.yaml} says. Reading it is strict; beyond its form it is checked that every entry names someone
 * and every {@code access_as} one identity.
 *
 * @param warnings for whoever wrote it, with file, line and column: what is there and has no effect
 */
public record ConfigurationText(ConfigurationFile file, List<String> warnings) {
    /** As much as kas reads, in bytes (GitLab's). */
    public static final int BYTES_MAX = 128 * 1024;

    /** GitLab reads so many entries of each list and ignores the rest. */
    public static final int ENTRIES_MAX = 500;

    public ConfigurationText {
        warnings = List.copyOf(warnings);
    }

    /** Where an agent's configuration is in the repository of its project. */
    public static String path(String agentName) {
        return ".gitlab/agents/" + agentName + "/config.yaml";
    }

    /**
     * @param file the path, for errors
     * @throws FairleadException {@code configuration.invalid}, {@code yaml.invalid} or another of {@code yaml}, when the text
     *     is not a configuration; the message is for whoever wrote it and has file, line and column
     */
    public static ConfigurationText parse(String file, byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FairleadException("configuration.invalid", file + " is not UTF-8 text", e);
        }
        ConfigurationFile.Builder configuration = ConfigurationFile.newBuilder();
        Map<String, YamlPlace> places = YamlToProto.merge(file, text, configuration);
        ConfigurationFile parsed = configuration.build();
        Check check = new Check(file, places);
        check.ciAccess(parsed.getCiAccess());
        check.userAccess(parsed.getUserAccess());
        return new ConfigurationText(parsed, check.warnings);
    }

    private static final class Check {
        private final String file;
        private final Map<String, YamlPlace> places;
        private final List<String> warnings = new ArrayList<>();

        Check(String file, Map<String, YamlPlace> places) {
            this.file = file;
            this.places = places;
        }

        void ciAccess(CiAccessCF access) {
            for (int i = 0; i < access.getProjectsCount(); i++) {
                String path = "ci_access.projects[" + i + "]";
                text(path, "id", access.getProjects(i).getId());
                environments(path, access.getProjects(i).getEnvironmentsList());
                if (access.getProjects(i).hasAccessAs()) {
                    accessAs(path + ".access_as", access.getProjects(i).getAccessAs());
                }
            }
            for (int i = 0; i < access.getGroupsCount(); i++) {
                String path = "ci_access.groups[" + i + "]";
                text(path, "id", access.getGroups(i).getId());
                environments(path, access.getGroups(i).getEnvironmentsList());
                if (access.getGroups(i).hasAccessAs()) {
                    accessAs(path + ".access_as", access.getGroups(i).getAccessAs());
                }
            }
            environments("ci_access.instance", access.getInstance().getEnvironmentsList());
            if (access.getInstance().hasAccessAs()) {
                accessAs("ci_access.instance.access_as", access.getInstance().getAccessAs());
            }
            count("ci_access.projects", access.getProjectsCount());
            count("ci_access.groups", access.getGroupsCount());
        }

        void userAccess(UserAccessCF access) {
            if (access.hasAccessAs()) {
                switch (access.getAccessAs().getAsCase()) {
                    case AGENT, USER -> {}
                    case AS_NOT_SET -> throw refused("user_access.access_as", " needs one of agent, user");
                }
            }
            for (int i = 0; i < access.getProjectsCount(); i++) {
                text(
                        "user_access.projects[" + i + "]",
                        "id",
                        access.getProjects(i).getId());
            }
            for (int i = 0; i < access.getGroupsCount(); i++) {
                text("user_access.groups[" + i + "]", "id", access.getGroups(i).getId());
            }
            count("user_access.projects", access.getProjectsCount());
            count("user_access.groups", access.getGroupsCount());
        }

        private void accessAs(String path, CiAccessAsCF access) {
            switch (access.getAsCase()) {
                case AGENT, CI_JOB, CI_USER -> {}
                case IMPERSONATE -> {
                    text(
                            path + ".impersonate",
                            "username",
                            access.getImpersonate().getUsername());
                    for (int i = 0; i < access.getImpersonate().getExtraCount(); i++) {
                        ExtraKeyValCF pair = access.getImpersonate().getExtra(i);
                        String extra = path + ".impersonate.extra[" + i + "]";
                        text(extra, "key", pair.getKey());
                        if (pair.getValCount() == 0) {
                            throw refused(extra, " needs at least one val");
                        }
                    }
                }
                case AS_NOT_SET -> throw refused(path, " needs one of agent, impersonate, ci_job, ci_user");
            }
        }

        /** An empty name fits no job, and whoever wrote it meant something else. */
        private void environments(String path, List<String> names) {
            for (int i = 0; i < names.size(); i++) {
                if (names.get(i).isEmpty()) {
                    throw refused(path + ".environments[" + i + "]", " is empty and must be a name or a pattern");
                }
            }
        }

        private void text(String parent, String key, String value) {
            if (value.isEmpty()) {
                throw refused(parent + "." + key, " is empty and must be given");
            }
        }

        private void count(String path, int entries) {
            if (entries > ENTRIES_MAX) {
                warnings.add(file + ":" + place(path + "[" + ENTRIES_MAX + "]") + ": " + path + " has " + entries
                        + " entries; the first " + ENTRIES_MAX + " count, from here on they are ignored");
            }
        }

        private FairleadException refused(String path, String what) {
            return new FairleadException("configuration.invalid", file + ":" + place(path) + ": " + path + what);
        }

        /** Of what is absent, the place of what it is absent from. */
        private YamlPlace place(String path) {
            YamlPlace known = places.get(path);
            int dot = path.lastIndexOf('.');
            if (known != null) {
                return known;
            }
            return dot < 0 ? new YamlPlace(1, 1) : place(path.substring(0, dot));
        }
    }
}
