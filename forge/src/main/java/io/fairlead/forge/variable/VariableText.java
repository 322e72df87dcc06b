package io.fairlead.forge.variable;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads variables from requests. The rules and limits are GitLab's. */
final class VariableText {
    private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9_]+");
    private static final Pattern SCOPE = Pattern.compile("[-a-zA-Z0-9_/${}. *]+");
    private static final Pattern MASKABLE = Pattern.compile("[a-zA-Z0-9_+=/@:.~-]{8,}");
    private static final Pattern MASKABLE_RAW = Pattern.compile("\\S{8,}");
    private static final int TEXT_LENGTH_MAX = 255;
    private static final int VALUE_LENGTH_MAX = 10_000;

    private VariableText() {}

    /** @throws ApiError 400 that names what is missing or every text that breaks a rule */
    static Variable create(Parameters parameters) {
        String key = parameters.requiredText("key");
        String value = parameters.text("value").orElseThrow(() -> ApiError.badParameter("value is missing"));
        boolean hidden = parameters.flag("masked_and_hidden", false);
        return checked(new Variable(
                key,
                value,
                type(parameters).orElse(Variable.Type.ENV_VAR),
                parameters.text("environment_scope").orElse("*"),
                hidden || parameters.flag("masked", false),
                hidden,
                parameters.flag("protected", false),
                parameters.flag("raw", false),
                parameters.text("description").orElse(null)));
    }

    /** The variable with what the request changes. What is hidden stays so, and masked. */
    static Variable change(Variable before, Parameters parameters) {
        return checked(new Variable(
                before.key(),
                parameters.text("value").orElse(before.value()),
                type(parameters).orElse(before.type()),
                parameters.text("environment_scope").orElse(before.scope()),
                before.hidden() || parameters.flag("masked", before.masked()),
                before.hidden(),
                parameters.flag("protected", before.protectedOnly()),
                parameters.flag("raw", before.raw()),
                parameters.has("description") ? parameters.text("description").orElse(null) : before.description()));
    }

    private static Optional<Variable.Type> type(Parameters parameters) {
        return parameters
                .oneOf("variable_type", List.of("env_var", "file"))
                .map(text -> Variable.Type.valueOf(text.toUpperCase(Locale.ROOT)));
    }

    private static Variable checked(Variable variable) {
        Map<String, List<String>> problems = new LinkedHashMap<>();
        if (!KEY.matcher(variable.key()).matches()) {
            problems.put("key", List.of("can contain only letters, digits and '_'."));
        } else if (variable.key().length() > TEXT_LENGTH_MAX) {
            problems.put("key", List.of(tooLong(TEXT_LENGTH_MAX)));
        }
        if (variable.value().length() > VALUE_LENGTH_MAX) {
            problems.put(
                    "value",
                    List.of("The value of the provided variable exceeds the " + VALUE_LENGTH_MAX + " character limit"));
        } else if (variable.masked() && !maskable(variable)) {
            problems.put("value", List.of("is invalid"));
        }
        if (!SCOPE.matcher(variable.scope()).matches()) {
            problems.put(
                    "environment_scope",
                    List.of("can contain only letters, digits, '-', '_', '*', '/', '$', '{', '}', '.', and spaces"));
        } else if (variable.scope().length() > TEXT_LENGTH_MAX) {
            problems.put("environment_scope", List.of(tooLong(TEXT_LENGTH_MAX)));
        }
        if (variable.description() != null && variable.description().length() > TEXT_LENGTH_MAX) {
            problems.put("description", List.of(tooLong(TEXT_LENGTH_MAX)));
        }
        if (!problems.isEmpty()) {
            throw ApiError.invalid(problems);
        }
        return variable;
    }

    /** What a log can be searched for: one line, no blanks, eight characters at least. */
    private static boolean maskable(Variable variable) {
        return (variable.raw() ? MASKABLE_RAW : MASKABLE)
                .matcher(variable.value())
                .matches();
    }

    private static String tooLong(int max) {
        return "is too long (maximum is " + max + " characters)";
    }
}
