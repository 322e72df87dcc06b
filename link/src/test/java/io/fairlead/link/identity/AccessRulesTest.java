package io.fairlead.link.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AccessRulesTest {
    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);
    private static final Pattern SERVICE =
            Pattern.compile("^service (\\w+) \\{(.*?)^}", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern METHOD = Pattern.compile("^\\s*rpc (\\w+)", Pattern.MULTILINE);

    /** Read from the sources, so that a proto file cannot be forgotten here. */
    private static Set<String> methodsOfAllProtoFiles() throws IOException {
        Set<String> methods = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/protobuf"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".proto")).toList()) {
                String text = Files.readString(file);
                Matcher names = PACKAGE.matcher(text);
                assertThat(names.find()).as(file.toString()).isTrue();
                Matcher service = SERVICE.matcher(text);
                while (service.find()) {
                    Matcher method = METHOD.matcher(service.group(2));
                    while (method.find()) {
                        methods.add(names.group(1) + "." + service.group(1) + "/" + method.group(1));
                    }
                }
            }
        }
        return methods;
    }

    @Test
    void everyMethodHasARuleAndEveryRuleAMethod() throws IOException {
        assertThat(methodsOfAllProtoFiles()).hasSizeGreaterThan(8);
        assertThat(AccessRules.methods())
                .as("who may call each method stands in AccessRules")
                .containsExactlyInAnyOrderElementsOf(methodsOfAllProtoFiles());
    }

    @Test
    void nothingIsOpenToTwoKindsOfCallers() {
        for (String method : AccessRules.methods()) {
            assertThat(Stream.of(AccessRules.Caller.values()).filter(caller -> AccessRules.allows(method, caller)))
                    .as(method)
                    .hasSize(1);
        }
        assertThat(AccessRules.allows("unknown.Service/Method", AccessRules.Caller.AGENT))
                .isFalse();
    }
}
