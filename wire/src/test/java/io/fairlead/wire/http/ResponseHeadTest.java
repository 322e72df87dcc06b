package io.fairlead.wire.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseHeadTest {
    @ParameterizedTest
    @CsvSource({
        "200,OK",
        "400,Bad Request",
        "401,Unauthorized",
        "403,Forbidden",
        "404,Not Found",
        "405,Method Not Allowed",
        "413,Request Entity Too Large",
        "429,Too Many Requests",
        "431,Request Header Fields Too Large",
        "500,Internal Server Error",
        "502,Bad Gateway",
        "503,Service Unavailable",
        "504,Gateway Timeout",
        "505,HTTP Version Not Supported"
    })
    void saysWhatHttpSays(int status, String phrase) {
        assertThat(ResponseHead.of(status, Headers.empty()).reason()).isEqualTo(phrase);
    }
}
