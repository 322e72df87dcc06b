package io.fairlead.forge.project;

import java.net.URI;

/**
 * How Git reaches projects.
 *
 * @param web without a slash at the end
 * @param sshHost as clients call it
 */
public record CloneUrls(String web, String sshHost, int sshPort) {
    private static final int SSH_PORT_STANDARD = 22;

    /** SSH on the host that the web address names. */
    public static CloneUrls beside(URI web, int sshPort) {
        return new CloneUrls(web.toString(), web.getHost(), sshPort);
    }

    /** Over HTTP. */
    public String http(String fullPath) {
        return web + "/" + fullPath + ".git";
    }

    /** The short form where the port is the usual one, as with GitLab. */
    public String ssh(String fullPath) {
        return sshPort == SSH_PORT_STANDARD
                ? "git@" + sshHost + ":" + fullPath + ".git"
                : "ssh://git@" + sshHost + ":" + sshPort + "/" + fullPath + ".git";
    }
}
