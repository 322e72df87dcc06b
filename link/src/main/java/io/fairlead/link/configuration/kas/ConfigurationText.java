package io.fairlead.link.configuration.kas;

import io.fairlead.base.error.FairleadException;
import io.fairlead.link.agentcfg.CiAccessAsCF;
import io.fairlead.link.agentcfg.CiAccessGroupCF;
import io.fairlead.link.agentcfg.CiAccessProjectCF;
import io.fairlead.link.agentcfg.ConfigurationFile;
import io.fairlead.link.agentcfg.ExtraKeyValCF;
import io.fairlead.link.agentcfg.UserAccessCF;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads an agent's {@code config.yaml} and checks what its form alone does not. */
final class ConfigurationText {
    private ConfigurationText() {}

    /**
     * @param file the path, for errors
     * @throws FairleadException when the text is not a configuration; the message is for whoever wrote it
     */
    static ConfigurationFile parse(String file, byte[] bytes) {
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
        YamlToProto.merge(file, text, configuration);
        ConfigurationFile parsed = configuration.build();
        check(file, parsed);
        return parsed;
    }

    private static void check(String file, ConfigurationFile configuration) {
        int index = 0;
        for (CiAccessProjectCF project : configuration.getCiAccess().getProjectsList()) {
            String path = "ci_access.projects[" + index++ + "]";
            checkText(file, path + ".id", project.getId());
            if (project.hasAccessAs()) {
                checkAccessAs(file, path + ".access_as", project.getAccessAs());
            }
        }
        index = 0;
        for (CiAccessGroupCF group : configuration.getCiAccess().getGroupsList()) {
            String path = "ci_access.groups[" + index++ + "]";
            checkText(file, path + ".id", group.getId());
            if (group.hasAccessAs()) {
                checkAccessAs(file, path + ".access_as", group.getAccessAs());
            }
        }
        if (configuration.getCiAccess().getInstance().hasAccessAs()) {
            checkAccessAs(
                    file,
                    "ci_access.instance.access_as",
                    configuration.getCiAccess().getInstance().getAccessAs());
        }
        checkUserAccess(file, configuration.getUserAccess());
    }

    private static void checkUserAccess(String file, UserAccessCF access) {
        if (access.hasAccessAs() && access.getAccessAs().getAsCase().getNumber() == 0) {
            throw refused(file, "user_access.access_as needs one of agent, user");
        }
        for (int i = 0; i < access.getProjectsCount(); i++) {
            checkText(
                    file,
                    "user_access.projects[" + i + "].id",
                    access.getProjects(i).getId());
        }
        for (int i = 0; i < access.getGroupsCount(); i++) {
            checkText(
                    file,
                    "user_access.groups[" + i + "].id",
                    access.getGroups(i).getId());
        }
    }

    private static void checkAccessAs(String file, String path, CiAccessAsCF access) {
        switch (access.getAsCase()) {
            case AGENT, CI_JOB -> {}
            case IMPERSONATE -> {
                checkText(
                        file,
                        path + ".impersonate.username",
                        access.getImpersonate().getUsername());
                for (ExtraKeyValCF pair : access.getImpersonate().getExtraList()) {
                    checkText(file, path + ".impersonate.extra.key", pair.getKey());
                    if (pair.getValCount() == 0) {
                        throw refused(file, path + ".impersonate.extra " + pair.getKey() + " needs at least one val");
                    }
                }
            }
            case AS_NOT_SET -> throw refused(file, path + " needs one of agent, impersonate, ci_job");
        }
    }

    private static void checkText(String file, String path, String value) {
        if (value.isEmpty()) {
            throw refused(file, path + " is empty and must be given");
        }
    }

    private static FairleadException refused(String file, String what) {
        return new FairleadException("configuration.invalid", file + ": " + what);
    }
}
