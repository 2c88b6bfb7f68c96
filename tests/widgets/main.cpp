#include <gmock/gmock.h>
#include <QApplication>

int main(int argc, char** argv)
{
    testing::InitGoogleMock(&argc, argv);
    QApplication application(argc, argv);
    application.setStyle("Fusion"); // the same pixels on every machine
    return RUN_ALL_TESTS();
}
