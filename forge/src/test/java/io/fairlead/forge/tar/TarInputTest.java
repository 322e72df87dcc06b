package io.fairlead.forge.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.testing.property.Property;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TarInputTest {
    private static byte[] archive(String name, byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TarStream tar = new TarStream(out, 1_000_000);
        tar.folder("folder", 0700);
        tar.begin(name, 0600, content.length);
        out.write(content);
        tar.end(content.length);
        tar.finish();
        return out.toByteArray();
    }

    @Test
    void givesBackWhatWasWritten() {
        Property.holds(any -> {
            String name = "a".repeat(any.integer(1, 300)) + "é".repeat(any.integer(0, 60));
            byte[] content = any.bytes(2_000);
            TarInput tar = new TarInput(new ByteArrayInputStream(archive(name, content)));
            assertThat(tar.next()).hasValue(new TarInput.Entry("folder/", '5', 0));
            assertThat(tar.next()).hasValue(new TarInput.Entry(name, '0', content.length));
            if (any.bool()) {
                ByteArrayOutputStream copy = new ByteArrayOutputStream();
                tar.copyTo(copy);
                assertThat(copy.toByteArray()).isEqualTo(content);
            }
            assertThat(tar.next()).isEmpty();
        });
    }

    @Test
    void anArchiveThatIsCutOffNeverLooksWhole() throws IOException {
        byte[] whole = archive("n".repeat(150), new byte[700]);
        // The end mark are two blocks of which one is enough.
        Property.holds(any -> {
            int length = any.integer(0, whole.length - 2 * 512);
            TarInput tar = new TarInput(new ByteArrayInputStream(whole, 0, length));
            assertThatThrownBy(() -> {
                        while (tar.next().isPresent()) {
                            tar.copyTo(new ByteArrayOutputStream());
                        }
                    })
                    .isInstanceOf(EOFException.class);
        });
    }

    @Test
    void noiseIsRefusedInOneWay() {
        Property.holds(any -> {
            byte[] noise = archive("name", any.bytes(600));
            for (int i = any.integer(1, 8); i > 0; i--) {
                noise[any.integer(0, noise.length - 1)] = (byte) any.integer(0, 255);
            }
            TarInput tar = new TarInput(new ByteArrayInputStream(noise));
            try {
                while (tar.next().isPresent()) {
                    tar.copyTo(new ByteArrayOutputStream());
                }
            } catch (EOFException | TarInput.Malformed expected) {
                assertThat(expected).hasMessageContaining("a");
            }
        });
    }
}
