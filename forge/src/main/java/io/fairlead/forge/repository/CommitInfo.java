package io.fairlead.forge.repository;

import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.FooterLine;
import org.eclipse.jgit.revwalk.RevCommit;

/**
 * A commit as it is told about.
 *
 * @param title the message's first line
 * @param trailers the lines {@code Key: value} at the message's end, by key
 */
public record CommitInfo(
        String id,
        List<String> parents,
        String title,
        String message,
        Person author,
        Person committer,
        Map<String, List<String>> trailers) {
    /** Who did something, and when by their own clock. */
    public record Person(String name, String email, OffsetDateTime time) {
        static Person of(PersonIdent ident) {
            ZoneId zone = ident.getZoneId();
            return new Person(
                    ident.getName(),
                    ident.getEmailAddress(),
                    ident.getWhenAsInstant().atZone(zone).toOffsetDateTime());
        }
    }

    static CommitInfo of(RevCommit commit) {
        Map<String, List<String>> trailers = new LinkedHashMap<>();
        for (FooterLine line : commit.getFooterLines()) {
            trailers.computeIfAbsent(line.getKey(), key -> new ArrayList<>()).add(line.getValue());
        }
        String message = commit.getFullMessage();
        int end = message.indexOf('\n');
        return new CommitInfo(
                commit.name(),
                Arrays.stream(commit.getParents()).map(RevCommit::name).toList(),
                end < 0 ? message : message.substring(0, end),
                message,
                Person.of(commit.getAuthorIdent()),
                Person.of(commit.getCommitterIdent()),
                trailers);
    }
}
